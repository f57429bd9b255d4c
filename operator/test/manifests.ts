/** The least resource as an admin writes it, without the schema's defaults. */
export function manifest(name: string, spec: object = {}) {
  return {
    metadata: { name },
    spec: {
      image: 'example.org/document-service:1',
      aws: { region: 'eu-central-1' },
      metadata: { tableName: 'documents' },
      api: { auth: { mode: 'none' } },
      ...spec,
    },
  };
}

/**
 * Node ports of the tests, each of one test. Of the range 30000 to 32767 Kubernetes gives out the first 86 by itself only when
 * all others are taken (KEP-3668); samples/ has 30080 and 30081.
 */
export const NODE_PORTS = { hidden: 30_010, deleted: 30_011, givenBack: 30_012 } as const;
