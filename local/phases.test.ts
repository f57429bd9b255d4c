import { describe, expect, it } from 'vitest';
import { createPhases } from './phases.ts';

const recorded = (stop?: AbortSignal) => {
  const lines: string[] = [];
  let clockMs = 0;
  const phases = createPhases(
    (line) => lines.push(line),
    () => clockMs,
    stop,
  );
  return { lines, phases, pass: (ms: number) => (clockMs += ms) };
};

describe('the phases of a long command', () => {
  it('are printed with their seconds and remembered in order', async () => {
    const { lines, phases, pass } = recorded();
    await phases.run('first', async () => pass(1500));
    expect(await phases.run('second', async () => 'result')).toBe('result');
    expect(lines).toEqual(['==> first', '    1.5 s', '==> second', '    0.0 s']);
    expect(phases.finished).toEqual([
      { title: 'first', seconds: 1.5 },
      { title: 'second', seconds: 0 },
    ]);
  });

  it('that run side by side are named where they end, and their time counts once', async () => {
    const { lines, phases, pass } = recorded();
    const long = Promise.withResolvers<void>();
    const longPhase = phases.run('long', () => long.promise);
    await phases.run('short', async () => pass(1000));
    pass(500);
    long.resolve();
    await longPhase;
    await phases.run('alone', async () => pass(250));
    expect(lines).toEqual(['==> long', '==> short', '    1.0 s: short', '    1.5 s: long', '==> alone', '    0.3 s']);
    expect(phases.wallSeconds()).toBe(1.75);
  });

  it('let the error of a failed phase through and do not call it finished', async () => {
    const { phases } = recorded();
    await expect(phases.run('broken', () => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk');
    expect(phases.finished).toEqual([]);
  });

  it('do not begin once they were told to stop', async () => {
    const stop = new AbortController();
    const { phases } = recorded(stop.signal);
    stop.abort(new Error('interrupted'));
    let began = false;
    await expect(phases.run('late', async () => (began = true))).rejects.toThrow('interrupted');
    expect(began).toBe(false);
  });
});
