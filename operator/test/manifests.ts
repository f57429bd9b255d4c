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
