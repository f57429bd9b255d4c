/** Programs that the local system needs and that no package of npm brings, as absolute paths. */
export interface Toolchain {
  readonly etcd: string;
  readonly kubeApiserver: string;
  readonly kubeControllerManager: string;
  readonly kubeScheduler: string;
  readonly kubelet: string;
  readonly kubeProxy: string;
  readonly kubectl: string;
  readonly versitygw: string;
  readonly java: string;
  /** Folder with the jars of DynamoDB Local. */
  readonly dynamodbLocalJars: string;
  readonly motoServer: string;
  readonly valkeyServer: string;
}
