import { describe, expect, it } from 'vitest';
import { missingFor, type Machine } from './capabilities.ts';

const machine = (over: Partial<Machine> = {}): Machine => ({
  platform: 'linux',
  isRoot: true,
  hasProgram: () => true,
  hasFile: () => true,
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
      on: machine({ hasProgram: () => false }),
      lacks: [/terraform 1\.11/],
      reason: 'terraform has to be installed',
    },
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
