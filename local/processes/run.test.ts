import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CommandError, failureText, run, type CommandLine, type CommandOutcome } from './run.ts';

function script(source: string): CommandLine {
  return [process.execPath, '-e', source];
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'run-test-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

async function failureOf(running: Promise<unknown>): Promise<CommandError> {
  const error = await running.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof CommandError) return error;
  throw new Error(`expected a CommandError, got ${String(error)}`);
}

describe('a command that succeeds', () => {
  test('gives its standard output, and not its standard error', async () => {
    await expect(run(script('console.log("out"); console.error("err")'))).resolves.toBe('out\n');
  });

  test('reads what it is given on standard input', async () => {
    await expect(run(script('process.stdin.pipe(process.stdout)'), { input: 'a\nb' })).resolves.toBe('a\nb');
  });

  test('may leave its input unread', async () => {
    await expect(run(script('process.exit(0)'), { input: 'x'.repeat(1 << 20) })).resolves.toBe('');
  });

  test('hands over whole lines of both streams, also the last one without a line end', async () => {
    const lines: string[] = [];
    await run(script('process.stdout.write("one\\ntw"); process.stdout.write("o"); process.stderr.write("three\\n")'), {
      onLine: (line) => lines.push(line),
    });
    expect(lines.sort()).toEqual(['one', 'three', 'two']);
  });

  test('appends both streams to its log, whose folder is made', async () => {
    const logPath = join(folder(), 'logs', 'x.log');
    await run(script('console.log("out")'), { logPath });
    await run(script('console.error("err")'), { logPath });
    expect(readFileSync(logPath, 'utf8')).toBe('out\nerr\n');
  });

  test('takes its arguments as they are, without a shell', async () => {
    const argv: CommandLine = [process.execPath, '-p', 'process.argv[1]', '$HOME; echo `id`'];
    await expect(run(argv)).resolves.toBe('$HOME; echo `id`\n');
  });
});

describe('a command that fails', () => {
  test('is named with its exit status and its last lines', async () => {
    const error = await failureOf(
      run(script('for (let i = 1; i <= 30; i++) console.error("line", i); process.exitCode = 3')),
    );
    expect(error.exitStatus).toBe(3);
    expect(error.lastLines).toHaveLength(20);
    expect(error.message).toContain('exit status 3\n  line 11\n');
    expect(error.message).toContain('line 30');
  });

  test('that is no program is named with the reason', async () => {
    const error = await failureOf(run(['no-such-program-here']));
    expect(error.message).toBe('no-such-program-here: did not start: spawn no-such-program-here ENOENT');
  });

  test('ended by a signal is named with the signal', async () => {
    const error = await failureOf(run(script('process.kill(process.pid, "SIGKILL")')));
    expect(error.message).toContain('ended by SIGKILL');
  });
});

test.each<{ reason: string; argv: CommandLine; outcome: CommandOutcome; text: string }>([
  {
    reason: 'words that a shell would split or expand are quoted, so that the line can be run again',
    argv: ['tool', '-X', 'a b', "it's", '$x', ''],
    outcome: { exitStatus: 1, lastLines: [] },
    text: `tool -X 'a b' 'it'\\''s' '$x' '': exit status 1`,
  },
  {
    reason: 'the log is named where there is one',
    argv: ['tool'],
    outcome: { exitStatus: 2, lastLines: ['bad'], logPath: '/logs/tool.log' },
    text: 'tool: exit status 2\n  bad\n  (all of it: /logs/tool.log)',
  },
])('the text of a failure: $reason', ({ argv, outcome, text }) => {
  expect(failureText(argv, outcome)).toBe(text);
});

describe('an abort', () => {
  test('before the start starts nothing', async () => {
    const marker = join(folder(), 'started');
    const running = run(script(`require('node:fs').writeFileSync(${JSON.stringify(marker)}, '')`), {
      signal: AbortSignal.abort(new Error('not wanted')),
    });
    await expect(running).rejects.toThrow('not wanted');
    expect(existsSync(marker)).toBe(false);
  });

  test('ends the command with its children', async () => {
    const controller = new AbortController();
    // The child holds the command's output open: the run cannot settle before the child has ended too.
    const parent = `
      require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      console.log('up');
      setInterval(() => {}, 1000);`;
    const running = run(script(parent), {
      signal: controller.signal,
      killAfterMs: 3_600_000,
      onLine: () => {
        controller.abort(new Error('stopped by the user'));
      },
    });
    await expect(running).rejects.toThrow('stopped by the user');
  });

  test('ends a command that ignores SIGTERM', async () => {
    const controller = new AbortController();
    const running = run(script('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up")'), {
      signal: controller.signal,
      killAfterMs: 50,
      onLine: () => {
        controller.abort(new Error('stopped'));
      },
    });
    await expect(running).rejects.toThrow('stopped');
  });
});
