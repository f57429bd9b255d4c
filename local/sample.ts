import type { Endpoint } from './cluster/cluster.ts';

/** What the sample of the local system needs to know about the stand-ins. */
export interface SampleSettings {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly nodePort: number;
  readonly region: string;
  readonly tableName: string;
  readonly bucketName: string;
  readonly dynamodb: Endpoint;
  readonly s3: Endpoint;
  readonly redis: Endpoint;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const secretName = 'aws-keys';
const url = ({ address, port }: Endpoint): string => `http://${address}:${port}`;

/**
 * The objects of the local sample: a Secret with static AWS keys, and the DocumentService that uses it. In EKS the pods
 * get their rights from `aws.roleArn` (IRSA) instead; nothing local can sign tokens that AWS would trust.
 */
export function sampleObjects(settings: SampleSettings): readonly object[] {
  return [keysSecret(settings), sampleDocumentService(settings)];
}

function keysSecret({ namespace, credentials }: SampleSettings): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secretName, namespace },
    stringData: { accessKeyId: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey },
  };
}

/** The DocumentService alone, for tests that change one field of it. */
export function sampleDocumentService(settings: SampleSettings): {
  readonly metadata: object;
  readonly spec: Readonly<Record<string, unknown>>;
} {
  const fromSecret = (name: string, key: string): object => ({
    name,
    valueFrom: { secretKeyRef: { name: secretName, key } },
  });
  const object = {
    apiVersion: 'docservice.dev/v1',
    kind: 'DocumentService',
    metadata: { name: settings.name, namespace: settings.namespace },
    spec: {
      image: settings.image,
      imagePullPolicy: 'IfNotPresent',
      replicas: 2,
      service: { nodePort: settings.nodePort },
      aws: { region: settings.region, endpoints: { dynamodb: url(settings.dynamodb), s3: url(settings.s3) } },
      metadata: { tableName: settings.tableName },
      content: { bucketName: settings.bucketName },
      cache: { host: settings.redis.address, port: settings.redis.port, tls: false },
      api: { auth: { mode: 'none' } },
      env: [fromSecret('AWS_ACCESS_KEY_ID', 'accessKeyId'), fromSecret('AWS_SECRET_ACCESS_KEY', 'secretAccessKey')],
      resources: { requests: { cpu: '250m', memory: '128Mi' }, limits: { memory: '512Mi' } },
      // Short, because nobody waits for a local rollout longer than he must; production keeps the default.
      drainSeconds: 3,
    },
  };
  return object;
}
