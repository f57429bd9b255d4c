import { describe, expect, it } from 'vitest';
import { succeeds } from './vitest-run.ts';

const node = (source: string): readonly [string, ...string[]] => [process.execPath, '-e', source];
const afterwards = { output: 'afterwards', signal: new AbortController().signal } as const;

describe('a command of the test runner', () => {
  it.each([
    { source: '', ok: true, reason: 'it ended well' },
    { source: 'process.exit(3)', ok: false, reason: 'it failed' },
    { source: 'process.kill(process.pid, "SIGKILL")', ok: false, reason: 'it was ended' },
  ])('succeeds: $ok, when $reason', async ({ source, ok }) => {
    expect(await succeeds(node(source), afterwards)).toBe(ok);
  });

  it('is asked to end when the run is interrupted, and waited for', async () => {
    const interrupted = new AbortController();
    const running = succeeds(node('setInterval(() => undefined, 1000)'), {
      output: 'afterwards',
      signal: interrupted.signal,
    });
    interrupted.abort();
    expect(await running).toBe(false);
  });
});
