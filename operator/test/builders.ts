import type { DocumentService, DocumentServiceSpec, DocumentServiceStatus } from '../document-service.ts';

/** What a test says about a spec: whole groups of fields replace the ones of the least resource. */
export type SpecOverrides = Partial<DocumentServiceSpec>;

/** The least resource as the API server serves it, with the schema's defaults. */
export function documentService(
  spec: SpecOverrides = {},
  more: { readonly metadata?: object; readonly status?: DocumentServiceStatus } = {},
): DocumentService {
  return {
    apiVersion: 'docservice.dev/v1',
    kind: 'DocumentService',
    metadata: {
      name: 'documents',
      namespace: 'default',
      uid: 'uid-documents',
      resourceVersion: '1',
      generation: 1,
      ...more.metadata,
    },
    spec: {
      image: 'example.org/document-service:1',
      imagePullPolicy: 'IfNotPresent',
      service: { externalTrafficPolicy: 'Cluster' },
      aws: { region: 'eu-central-1' },
      metadata: { tableName: 'documents' },
      api: { auth: { mode: 'none' }, inlineMaxBytes: 8192, requestTimeoutSeconds: 30 },
      resources: { requests: { cpu: '100m', memory: '192Mi' }, limits: { memory: '512Mi' } },
      logLevel: 'info',
      drainSeconds: 15,
      ...spec,
    },
    ...(more.status ? { status: more.status } : {}),
  };
}
