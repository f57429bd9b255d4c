import { expect, test } from 'vitest';
import { createGoProgress } from './progress.ts';

/** Feeds lines, each a second after the one before, and gives what was printed. */
function printedFor(lines: readonly string[]): readonly string[] {
  const printed: string[] = [];
  let nowMs = 0;
  const progress = createGoProgress(
    (line) => printed.push(line),
    () => nowMs,
  );
  for (const line of lines) {
    nowMs += 1000;
    progress.take(line);
  }
  return printed;
}

test('says every ten seconds how many modules and packages have come', () => {
  const modules = Array.from({ length: 12 }, (_, i) => `go: downloading example.org/m${i} v1.0.0`);
  const packages = Array.from({ length: 8 }, (_, i) => `example.org/m/internal/p${i}`);
  expect(printedFor([...modules, ...packages])).toEqual(['10 modules downloaded ...', '8 packages compiled ...']);
});

test('takes messages of the compiler for what they are, not for packages', () => {
  expect(printedFor(Array.from({ length: 30 }, () => 'a.go:1:2: undefined: x'))).toEqual([]);
});
