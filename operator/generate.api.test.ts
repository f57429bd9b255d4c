import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { generateTypes } from './generate.ts';

test('the types of the resource say what its definition says; npm run generate brings them up to date', async () => {
  const written = await readFile(new URL('document-service.generated.ts', import.meta.url), 'utf8');
  expect(written).toBe(await generateTypes());
});
