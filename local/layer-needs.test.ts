import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Machine } from './capabilities.ts';
import { missingForLayer, supplyOf } from './layer-needs.ts';
import type { Requirement } from './toolchain/requirement.ts';

const linux: Machine = {
  platform: 'linux',
  isRoot: true,
  hasProgram: () => true,
  hasFile: () => true,
  terraformVersion: () => '1.14.0',
};
const lacking = (what: string, reason: string, ...packages: readonly string[]): Requirement => ({
  what,
  packages,
  remedy: `https://${what}`,
  unmet: async () => reason,
});
const there: Requirement = { ...lacking('there', ''), unmet: async () => undefined };
const java = lacking('java', '', 'openjdk');
const go = lacking('go', 'go 1.19 is too old');

describe('a layer is left out for what its set-up would fail for', () => {
  it.each([
    { need: 'toolchain', requirements: [there], obstacle: 'not root', lacks: [], reason: 'all is there, root or not' },
    { need: 'toolchain', requirements: [java], obstacle: undefined, lacks: [], reason: 'apt-get brings it' },
    {
      need: 'toolchain',
      requirements: [java, there],
      obstacle: 'not root',
      lacks: ['java: sudo apt-get install openjdk'],
      reason: 'nobody may call apt-get',
    },
    {
      need: 'toolchain',
      requirements: [java],
      obstacle: 'not Debian',
      lacks: ['java: https://java'],
      reason: 'there is no apt-get',
    },
    {
      need: 'toolchain',
      requirements: [java, go],
      obstacle: undefined,
      lacks: ['go (go 1.19 is too old): https://go'],
      reason: 'apt-get has none that will do',
    },
    { need: 'node', requirements: [go], obstacle: undefined, lacks: [], reason: 'Node is enough' },
  ] as const)('$need: $reason', async ({ need, requirements, obstacle, lacks }) => {
    expect(await missingForLayer(need, linux, { requirements, obstacle })).toEqual(lacks);
  });

  it('a cluster needs root, whatever else is there', async () => {
    const machine = { ...linux, isRoot: false };
    const missing = await missingForLayer('cluster', machine, { requirements: [there], obstacle: 'not root' });
    expect(missing).toEqual([expect.stringMatching(/^root/)]);
  });
});

it('what is asked for without Go, Java, Maven and HAProxy names each of them', async () => {
  const cache = mkdtempSync(join(tmpdir(), 'layer-needs-'));
  onTestFinished(() => {
    rmSync(cache, { recursive: true });
  });
  const asked = supplyOf('toolchain', { PATH: '/nowhere' }, { cache, state: cache }).map(({ what }) => what);
  for (const what of [/^Go /, /^Java /, /^Maven/, /^haproxy/]) {
    expect(asked).toContainEqual(expect.stringMatching(what));
  }
});
