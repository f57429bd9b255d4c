import { describe, expect, it } from 'vitest';
import { missingFor, type Machine } from './capabilities.ts';

const machine = (over: Partial<Machine> = {}): Machine => ({
  platform: 'linux',
  isRoot: true,
  hasProgram: () => true,
  hasFile: () => true,
  terraformVersion: () => '1.14.0',
  ...over,
});

describe('what a layer of the tests lacks', () => {
  it.each([
    {
      need: 'node',
      on: machine({ platform: 'darwin', hasProgram: () => false }),
      lacks: [],
      reason: 'Node is there wherever npm is',
    },
    { need: 'toolchain', on: machine(), lacks: [], reason: 'Linux with Go builds everything' },
    {
      need: 'toolchain',
      on: machine({ platform: 'darwin' }),
      lacks: [/Linux/],
      reason: 'the control plane is built for Linux',
    },
    {
      need: 'toolchain',
      on: machine({ hasProgram: (name) => name !== 'go' }),
      lacks: [/Go 1\.26/],
      reason: 'Go builds the control plane',
    },
    {
      need: 'terraform',
      on: machine({ terraformVersion: () => undefined }),
      lacks: [/terraform 1\.11/],
      reason: 'terraform has to be installed',
    },
    {
      need: 'terraform',
      on: machine({ terraformVersion: () => '1.10.5' }),
      lacks: [/terraform 1\.11 or later.*1\.10\.5/],
      reason: 'an older one fails in the middle',
    },
    {
      need: 'terraform',
      on: machine({ terraformVersion: () => '1.11.0' }),
      lacks: [],
      reason: 'the first that will do',
    },
    { need: 'terraform', on: machine({ terraformVersion: () => '2.0.0-rc1' }), lacks: [], reason: 'a later one' },
    { need: 'cluster', on: machine({ isRoot: false }), lacks: [/sudo/], reason: 'namespaces need root' },
    { need: 'cluster', on: machine({ hasFile: () => false }), lacks: [/apt-get/], reason: 'packages come from apt' },
    {
      need: 'cluster',
      on: machine({ isRoot: false, hasProgram: () => false }),
      lacks: [/Go/, /root/],
      reason: 'everything is named at once',
    },
  ] as const)('$need: $reason', ({ need, on, lacks }) => {
    const missing = missingFor(need, on);
    expect(missing).toHaveLength(lacks.length);
    for (const [index, pattern] of lacks.entries()) expect(missing[index]).toMatch(pattern);
  });
});
