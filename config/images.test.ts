import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { generateSamples } from '../operator/generate.ts';

const root = join(import.meta.dirname, '..');
const textOf = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

interface Kustomization {
  readonly images: readonly { readonly name: string; readonly newName: string; readonly newTag: string }[];
}

const { images } = load(await textOf('config/kustomization.yaml')) as Kustomization;
const samples = await Array.fromAsync(glob('samples/*.yaml', { cwd: root }));

test('config/kustomization.yaml names both images, with a tag', () => {
  expect(images.map(({ name }) => name)).toEqual(['document-service-operator', 'document-service']);
  for (const { newTag } of images) expect(newTag).toMatch(/^\d+\.\d+\.\d+$/);
});

test.each(samples)('%s runs the image of the document service that config/ names', async (path) => {
  const { spec } = load(await textOf(path)) as { readonly spec: { readonly image: string } };
  const image = images.find(({ name }) => name === 'document-service');
  expect(spec.image).toBe(`${image?.newName}:${image?.newTag}`);
});

test('npm run generate writes that image into the samples, and changes nothing else in them', async () => {
  const generated = await generateSamples();
  expect(Object.keys(generated).toSorted()).toEqual(samples.toSorted());
  for (const [path, content] of Object.entries(generated)) expect(content).toBe(await textOf(path));
});

test('terraform names neither: who applies it says which image to run', async () => {
  const paths = await Array.fromAsync(glob('terraform/**/*.{tf,hcl,tfvars}', { cwd: root }));
  expect(paths).toContain('terraform/main.tf');
  const texts = await Promise.all(paths.map(async (path) => [path, await textOf(path)] as const));
  const naming = texts.filter(([, text]) => images.some(({ newName }) => text.includes(newName)));
  expect(naming.map(([path]) => path)).toEqual([]);
});
