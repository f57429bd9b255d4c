import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findProviderMirror } from './provider-mirror.ts';

describe('the mirror of providers', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'provider-mirror-'));
  });

  afterEach(async () => {
    await rm(root, { recursive: true, force: true });
  });

  async function file(path: string): Promise<void> {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), '');
  }

  const provider = 'registry.example/hashicorp/aws/5.100.0/linux_amd64/terraform-provider-aws_v5.100.0_x5';

  test.each([
    { below: '.', reason: 'the root itself is the mirror' },
    { below: 'plugins', reason: 'one folder down' },
    { below: 'terraform/offline/plugins', reason: 'as deep as is searched' },
  ])('is found below a root: $reason', async ({ below }) => {
    await file(join(below, provider));
    expect(await findProviderMirror([root])).toBe(join(root, below));
  });

  test.each([
    {
      path: 'registry.example/hashicorp/random/3.7.2/linux_amd64/terraform-provider-random_v3.7.2',
      reason: 'another provider',
    },
    { path: 'registry.example/hashicorp/aws/5.100.0/linux_amd64/LICENSE.txt', reason: 'no program in it' },
    { path: join('a/b/c/d', provider), reason: 'deeper than is searched' },
    { path: 'registry.example/hashicorp/aws', reason: 'a file where a folder is expected' },
  ])('is not mistaken for $reason', async ({ path }) => {
    await file(path);
    expect(await findProviderMirror([root])).toBeUndefined();
  });

  test('is taken from the first root that has one, and a root that is not there is passed over', async () => {
    await file(join('first', provider));
    await file(join('second', provider));
    const roots = ['missing', 'first', 'second'].map((name) => join(root, name));
    expect(await findProviderMirror(roots)).toBe(join(root, 'first'));
  });
});
