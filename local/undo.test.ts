import { expect, test } from 'vitest';
import { undoOnFailure } from './undo.ts';

const ignored = (): void => {};

test('work that succeeds is not undone', async () => {
  const undone: string[] = [];
  const undo = async (): Promise<void> => void undone.push('undone');
  expect(await undoOnFailure(() => Promise.resolve(7), undo, ignored)).toBe(7);
  expect(undone).toEqual([]);
});

test('the failure of the work is what comes through, even when undoing fails too; that is said', async () => {
  const printed: string[] = [];
  const doing = undoOnFailure(
    () => Promise.reject(new Error('the first')),
    () => Promise.reject(new Error('the second')),
    (line) => printed.push(line),
  );
  await expect(doing).rejects.toThrow('the first');
  expect(printed).toEqual([expect.stringContaining('the second')]);
});
