import { describe, expect, it } from 'vitest';
import { chosenLayers, formatResults, layers, stagesOf, type Layer, type LayerResult } from './layers.ts';

const layer = (name: string): Layer => ({ name, what: name, budgetSeconds: 10, needs: 'node' });
const result = (over: Partial<LayerResult> & Pick<LayerResult, 'layer'>): LayerResult => ({
  seconds: 1,
  passed: 0,
  failed: 0,
  skipped: 0,
  ...over,
});

describe('the layers of the test suite', () => {
  it('are all run when none is named', () => {
    expect(chosenLayers([])).toEqual(layers);
  });

  it('run in their own order, whatever the order of the names', () => {
    expect(chosenLayers(['e2e', 'check']).map(({ name }) => name)).toEqual(['check', 'e2e']);
  });

  it('name the ones there are when an unknown one is asked for', () => {
    expect(() => chosenLayers(['servcie'])).toThrow(/no such layer: servcie; write any of check, service/);
  });

  it('end in the totals alone on a line', () => {
    const text = formatResults(
      [result({ layer: layer('a'), passed: 3 }), result({ layer: layer('b'), passed: 1, failed: 2 })],
      2,
    );
    expect(text.split('\n').at(-1)).toBe('4 passed, 2 failed');
  });

  it('say in the totals that something was skipped', () => {
    expect(formatResults([result({ layer: layer('a'), skipped: 1 })], 1)).toMatch(/\n0 passed, 0 failed, 1 skipped$/);
  });

  it('say what the whole run took, and that it was too long', () => {
    const whole = (seconds: number) =>
      formatResults(
        layers.map((one) => result({ layer: one })),
        seconds,
      );
    expect(whole(479.96)).toMatch(/in all +480\.0 +480 *\n/);
    expect(whole(560)).toMatch(/in all +560\.0 +480 +over budget/);
    const some = [result({ layer: layer('a') }), result({ layer: layer('b') })];
    expect(formatResults(some, 560)).toMatch(/in all +560\.0 *\n/);
  });

  it('are marked when they took longer than their budget', () => {
    expect(formatResults([result({ layer: layer('slow'), seconds: 12.34 })], 13)).toMatch(
      /slow .* 12\.3 .* 10 {2}over budget/,
    );
  });
});

describe('layers that mostly wait run side by side', () => {
  const alone = layer('alone');
  const main = layer('main');
  const first = { ...layer('first'), beside: 'main' };
  const second = { ...layer('second'), beside: 'main' };

  it('in one stage, those beside it one after the other', () => {
    expect(stagesOf([alone, main, first, second])).toEqual([
      { first: alone, beside: [] },
      { first: main, beside: [first, second] },
    ]);
  });

  it('but by themselves where their partner was not asked for', () => {
    expect(stagesOf([first, second])).toEqual([
      { first, beside: [] },
      { first: second, beside: [] },
    ]);
  });

  it('and every layer has its place', () => {
    const placed = stagesOf(layers).flatMap(({ first: one, beside }) => [one, ...beside]);
    expect(placed).toEqual(layers);
  });
});
