import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DOCUMENT_SERVICES, type DocumentService } from '../operator/document-service.ts';
import { apiWorld, type ApiWorld } from '../operator/test/api-world.ts';
import { startOperator } from '../operator/test/running-operator.ts';

const samples = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.yaml'));

/** Makes a PriorityClass, as whoever applies the sample has to; it goes with the test. The API server refuses names of its own. */
async function createPriorityClass({ client }: ApiWorld, name: string): Promise<void> {
  const path = '/apis/scheduling.k8s.io/v1/priorityclasses';
  await client.request({ method: 'POST', path, body: { metadata: { name }, value: 1000 } });
  onTestFinished(async () => {
    await client.request({ method: 'DELETE', path: `${path}/${name}` });
  });
}

describe('a sample', () => {
  test.each(samples)('%s is taken by the API server and becomes ready', async (name) => {
    const world = await apiWorld();
    await startOperator(world);
    const { metadata, spec } = load(await readFile(join(import.meta.dirname, name), 'utf8')) as DocumentService;
    if (spec.priorityClassName !== undefined) await createPriorityClass(world, spec.priorityClassName);
    await world.create(DOCUMENT_SERVICES, { metadata: { name: metadata.name }, spec });
    await world.reason(metadata.name, 'RollingOut');
    await world.rollOut(metadata.name);
    const { status } = await world.reason(metadata.name, 'Available');
    expect(status?.nodePort).toBe(spec.service.nodePort);
  });

  test('of every field leaves none out', async () => {
    const world = await apiWorld();
    const { spec } = load(await readFile(join(import.meta.dirname, 'full.yaml'), 'utf8')) as DocumentService;
    const definition = await world.client.request<Definition>({
      method: 'GET',
      path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/documentservices.docservice.dev',
    });
    const schema = definition.spec.versions[0]?.schema.openAPIV3Schema.properties?.['spec'];
    expect(missing(schema, spec)).toEqual([]);
  });
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Definition {
  readonly spec: { readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[] };
}

/** The paths that a schema knows and a value does not have. */
function missing(schema: Schema | undefined, value: unknown, path = 'spec'): readonly string[] {
  if (value === undefined) return [path];
  return Object.entries(schema?.properties ?? {}).flatMap(([name, child]) =>
    missing(child, (value as Readonly<Record<string, unknown>>)[name], `${path}.${name}`),
  );
}
