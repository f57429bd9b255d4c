import {
  KubeConfig,
  KubernetesObjectApi,
  loadAllYaml,
  loadYaml,
  PatchStrategy,
  type KubernetesObject,
  type V1CustomResourceDefinition,
} from '@kubernetes/client-node';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { missingFor, thisMachine } from '../local/capabilities.ts';
import { copyTerraform, type TerraformCopy } from './testing/terraform-copy.ts';
import { passedRun } from './testing/test-report.ts';

interface DocumentService extends KubernetesObject {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

type Definition = V1CustomResourceDefinition & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
};

// The namespace that the run block gives to the instance with every attribute.
const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
const crdPath = join(import.meta.dirname, '..', 'crds', 'documentservices.yaml');

let terraform: TerraformCopy;
let api: KubernetesObjectApi;
let manifests: readonly DocumentService[];

/** What is to be deleted in the end. The definition stays, since other tests on the same API server use it too. */
const applied = new Map<string, KubernetesObject>();

/** kubectl apply --server-side */
async function apply<T extends KubernetesObject>(object: T): Promise<T> {
  const result = await api.patch<T>(
    object,
    undefined,
    undefined,
    'terraform-test',
    true,
    PatchStrategy.ServerSideApply,
  );
  if (object.kind !== 'CustomResourceDefinition') applied.set(`${object.kind} ${object.metadata?.name}`, object);
  return result;
}

// This layer asks a machine for no terraform; where it is missing that is said, and in continuous integration a failure.
const missing = missingFor('terraform', thisMachine(process.env));
const isLeftOut = missing.length > 0 && process.env['CI'] !== 'true';
const note = isLeftOut ? ` (left out: needs ${missing.join('; ')})` : '';

describe.skipIf(isLeftOut)(`what Terraform renders${note}`, () => {
  beforeAll(async () => {
    terraform = await copyTerraform();
    await terraform.init();
    const { state } = passedRun(await terraform.test(['tests/manifests.tftest.hcl'], { verbose: true }), 'every_field');
    manifests = loadAllYaml(String(state?.outputs['all_manifests']?.value));

    const config = new KubeConfig();
    config.loadFromFile(inject('apiServer').kubeconfigPath);
    api = KubernetesObjectApi.makeApiClient(config);
    const definition = await apply(loadYaml<Definition>(readFileSync(crdPath, 'utf8')));
    await vi.waitFor(
      async () => {
        const { status } = await api.read<Definition>(definition);
        const established = status?.conditions?.find(({ type }) => type === 'Established');
        expect(established?.status).toBe('True');
      },
      { timeout: 20_000, interval: 100 },
    );
    await apply(namespace);
  }, 300_000);

  afterAll(async () => {
    // The namespace came first and goes last.
    for (const object of [...applied.values()].toReversed()) await api.delete(object);
    await terraform?.remove();
  });

  test('is taken by the API server as it is', async () => {
    expect(manifests.map(({ metadata }) => metadata.name)).toEqual(['documents', 'plain']);
    for (const manifest of manifests) {
      const stored = await apply(manifest);
      expect(stored.spec).toMatchObject(manifest.spec);
    }
  });

  test('changes nothing when it is applied again', async () => {
    for (const manifest of manifests) {
      const first = await apply(manifest);
      const second = await apply(manifest);
      expect(second.metadata).toEqual(first.metadata);
    }
  });

  test('is refused with the name of the field when it has one that the resource lacks', async () => {
    const [manifest] = manifests;
    const renamed = { ...manifest, spec: { ...manifest?.spec, loglevel: 'debug' } };
    await expect(apply(renamed)).rejects.toThrow(/loglevel/);
  });
});
