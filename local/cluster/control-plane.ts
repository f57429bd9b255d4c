import type { Toolchain } from '../toolchain/toolchain.ts';
import type { KeyPair } from './certificates.ts';

/** A command line: the program, then its arguments. */
export type Argv = readonly [string, ...string[]];

/** Everything that the command lines of one control plane are made of. All paths are absolute. */
export interface ControlPlane {
  readonly programs: Pick<Toolchain, 'etcd' | 'kubeApiserver' | 'kubeControllerManager' | 'kubeScheduler'>;
  /** Where the API server listens, and where pods find it behind its Service. */
  readonly address: string;
  readonly ports: ControlPlanePorts;
  readonly files: ControlPlaneFiles;
}

/** etcd listens on loopback; controller manager and scheduler on no port at all. */
export interface ControlPlanePorts {
  readonly apiServer: number;
  readonly etcdClients: number;
  readonly etcdPeers: number;
}

export interface ControlPlaneFiles {
  readonly etcdData: string;
  readonly authority: KeyPair;
  readonly apiServer: KeyPair;
  /** Who the API server is when it calls a kubelet. */
  readonly kubeletClient: KeyPair;
  readonly tokenKeys: { readonly private: string; readonly public: string };
  readonly auditPolicy: string;
  readonly auditLog: string;
  readonly adminKubeconfig: string;
  readonly controllerManagerKubeconfig: string;
  readonly schedulerKubeconfig: string;
}

/** Addresses of Services, and the first of them, which is the API server's own. */
export const serviceRange = '10.96.0.0/16';
export const apiServerServiceAddress = '10.96.0.1';

/** A node that has not been heard of for this long is not ready; kubelets speak up four times as often. */
export const nodeMonitorGraceSeconds = 8;
/** How long pods stay bound to a node that is not ready or cannot be reached. */
const nodeTolerationSeconds = 20;

/** `https://ADDRESS:PORT` of the API server. */
export function apiServerUrl({ address, ports }: Pick<ControlPlane, 'address' | 'ports'>): string {
  return `https://${address}:${ports.apiServer}`;
}

/** etcd for a cluster that is thrown away: it does not wait for the disk. */
export function etcdArgv({ programs, ports, files }: ControlPlane): Argv {
  const clients = `http://127.0.0.1:${ports.etcdClients}`;
  const peers = `http://127.0.0.1:${ports.etcdPeers}`;
  return [
    programs.etcd,
    `--data-dir=${files.etcdData}`,
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
    '--unsafe-no-fsync',
  ];
}

/**
 * kube-apiserver. Pod Security admission is on by default; requests to kubelets go to addresses, since nobody resolves
 * the names of nodes.
 */
export function apiServerArgv({ programs, address, ports, files }: ControlPlane): Argv {
  const loopback = address.startsWith('127.');
  return [
    programs.kubeApiserver,
    `--etcd-servers=http://127.0.0.1:${ports.etcdClients}`,
    `--bind-address=${address}`,
    `--advertise-address=${address}`,
    `--secure-port=${ports.apiServer}`,
    // Endpoints of the kubernetes Service cannot be loopback addresses; without nodes nobody asks for them.
    ...(loopback ? ['--endpoint-reconciler-type=none'] : []),
    `--service-cluster-ip-range=${serviceRange}`,
    `--tls-cert-file=${files.apiServer.certificate}`,
    `--tls-private-key-file=${files.apiServer.key}`,
    `--client-ca-file=${files.authority.certificate}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--anonymous-auth=false',
    `--service-account-key-file=${files.tokenKeys.public}`,
    `--service-account-signing-key-file=${files.tokenKeys.private}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--kubelet-client-certificate=${files.kubeletClient.certificate}`,
    `--kubelet-client-key=${files.kubeletClient.key}`,
    `--kubelet-certificate-authority=${files.authority.certificate}`,
    '--kubelet-preferred-address-types=InternalIP',
    `--default-not-ready-toleration-seconds=${nodeTolerationSeconds}`,
    `--default-unreachable-toleration-seconds=${nodeTolerationSeconds}`,
    `--audit-policy-file=${files.auditPolicy}`,
    `--audit-log-path=${files.auditLog}`,
    '--audit-log-format=json',
  ];
}

/** kube-controller-manager with all controllers that are on by default; alone, so it elects no leader. */
export function controllerManagerArgv({ programs, files }: ControlPlane): Argv {
  return [
    programs.kubeControllerManager,
    `--kubeconfig=${files.controllerManagerKubeconfig}`,
    `--root-ca-file=${files.authority.certificate}`,
    `--service-account-private-key-file=${files.tokenKeys.private}`,
    '--use-service-account-credentials=true',
    `--node-monitor-grace-period=${nodeMonitorGraceSeconds}s`,
    '--node-monitor-period=1s',
    '--leader-elect=false',
    '--secure-port=0',
  ];
}

/** kube-scheduler; alone, so it elects no leader. */
export function schedulerArgv({ programs, files }: ControlPlane): Argv {
  return [
    programs.kubeScheduler,
    `--kubeconfig=${files.schedulerKubeconfig}`,
    '--leader-elect=false',
    '--secure-port=0',
  ];
}
