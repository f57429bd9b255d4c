import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadAll } from 'js-yaml';
import { describe, expect, inject, test } from 'vitest';
import { generatedFiles } from '../operator/generate.ts';
import { adminConfig } from '../operator/test/api-world.ts';
import { HttpApiClient } from '../operator/runtime/api-client.ts';
import { until } from '../operator/test/until.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const kubectl = (...args: readonly string[]) =>
  run('kubectl', [`--kubeconfig=${inject('apiServer').kubeconfigPath}`, ...args]);

describe('config/install.yaml', () => {
  test('says what config/ and crds/ say; npm run generate brings it up to date', async () => {
    const { 'config/install.yaml': rendered } = await generatedFiles();
    expect(await readFile(join(root, 'config/install.yaml'), 'utf8')).toBe(rendered);
  });

  test('is applied by kubectl, twice, the second time without a change', async () => {
    await kubectl('apply', '-f', join(root, 'config/install.yaml'));
    const { stdout } = await kubectl('apply', '-f', join(root, 'config/install.yaml'));
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(' ').at(-1)),
    ).toEqual(Array.from({ length: 8 }, () => 'unchanged'));
  });

  test('runs the operator in a pod that the strictest Pod Security Standard admits', async () => {
    await kubectl('apply', '-f', join(root, 'config/install.yaml'));
    const kubeConfig = adminConfig();
    const client = new HttpApiClient(kubeConfig, { observeRequest: () => undefined }, 'test/1');
    const path = '/api/v1/namespaces/docservice-system/pods';
    const [pod] = await until('a pod of the operator', async () => {
      const { items } = await client.request<{ readonly items: readonly { readonly spec: object }[] }>({
        method: 'GET',
        path,
      });
      return items.length > 0 && items;
    });
    expect(pod?.spec).toMatchObject({ serviceAccountName: 'docservice-operator', enableServiceLinks: false });
    await kubeConfig.close();
  });

  test('names the image of the operator in one place', async () => {
    const kustomization = await readFile(join(root, 'config/kustomization.yaml'), 'utf8');
    const [, name, tag] = /newName: (\S+)\s+newTag: (\S+)/.exec(kustomization) ?? [];
    const objects = loadAll(await readFile(join(root, 'config/install.yaml'), 'utf8')) as readonly {
      readonly kind: string;
    }[];
    const images = JSON.stringify(objects.filter(({ kind }) => kind === 'Deployment')).match(/"image":"[^"]+"/g);
    expect(images).toEqual([`"image":"${name}:${tag}"`]);
  });
});
