import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ensureToolchain } from './ensure-toolchain.ts';

test('a machine without Go is told so before anything is installed or built', async () => {
  const cache = mkdtempSync(join(tmpdir(), 'toolchain-test-'));
  onTestFinished(() => {
    rmSync(cache, { recursive: true, force: true });
  });
  const begun: string[] = [];
  const ensuring = ensureToolchain({
    folders: { cache, state: cache },
    // Neither Go nor anything else is found here; what apt-get could bring must not be fetched in vain.
    env: { PATH: '/nowhere' },
    use: 'cluster',
    phases: {
      finished: [],
      wallSeconds: () => 0,
      run: (title) => {
        begun.push(title);
        return Promise.reject(new Error('nothing is to be begun'));
      },
    },
    print: () => {},
  });
  await expect(ensuring).rejects.toThrow(
    /lacks what the local system needs:[^]*Go 1\.26 or later[^]*https:\/\/go\.dev/,
  );
  expect(begun).toEqual([]);
  expect(readdirSync(join(cache, 'toolchain'))).toEqual(['.lock']);
});
