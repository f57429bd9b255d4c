import { expect, test } from 'vitest';
import { findMissing, missingText, type Missing, type Requirement } from './requirement.ts';

function requirement(overrides: Partial<Requirement> = {}): Requirement {
  return {
    what: 'thing, which does it',
    packages: ['thing'],
    remedy: 'get a thing',
    unmet: async () => '',
    ...overrides,
  };
}

const go: Missing = {
  requirement: requirement({ what: 'Go 1.26', packages: [], remedy: 'https://go.dev' }),
  reason: '1.19',
};
const runc: Missing = { requirement: requirement({ what: 'runc, which starts', packages: ['runc'] }), reason: '' };
const java: Missing = {
  requirement: requirement({ what: 'Java 17', packages: ['jre-21', 'jre-17'], remedy: 'a Java' }),
  reason: '',
};

test('finds what is missing, in the order asked and each once', async () => {
  const missing = await findMissing([
    requirement({ what: 'b' }),
    requirement({ what: 'there', unmet: async () => undefined }),
    requirement({ what: 'a', unmet: async () => 'too old' }),
    requirement({ what: 'b' }),
  ]);
  expect(missing.map(({ requirement: { what }, reason }) => [what, reason])).toEqual([
    ['b', ''],
    ['a', 'too old'],
  ]);
});

test.each<{ reason: string; obstacle: Parameters<typeof missingText>[1]; missing: readonly Missing[]; text: string }>([
  {
    reason: 'what apt-get does not have is listed with its remedy, and why what is there will not do',
    obstacle: undefined,
    missing: [go],
    text: `This machine lacks what the local system needs:
  - Go 1.26 (1.19)
    https://go.dev`,
  },
  {
    reason: 'an ordinary user gets one command for all that apt-get has',
    obstacle: 'not root',
    missing: [go, runc, java],
    text: `This machine lacks what the local system needs:
  - Go 1.26 (1.19)
    https://go.dev
  - runc, which starts
  - Java 17
As root this command installs the rest by itself. Or install it once, then run this command again:
  sudo apt-get update && sudo apt-get install --no-install-recommends runc jre-21`,
  },
  {
    reason: 'without apt-get every part has its own remedy',
    obstacle: 'not Debian',
    missing: [runc, java],
    text: `This machine lacks what the local system needs:
  - runc, which starts
    get a thing
  - Java 17
    a Java
On Debian and Ubuntu, as root, this command installs most of it by itself.`,
  },
])('the error: $reason', ({ obstacle, missing, text }) => {
  expect(missingText(missing, obstacle)).toBe(text);
});
