import { describe, expect, it } from 'vitest';
import { chosenLayers, formatResults, layers, type Layer, type LayerResult } from './layers.ts';

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
    const text = formatResults([
      result({ layer: layer('a'), passed: 3 }),
      result({ layer: layer('b'), passed: 1, failed: 2 }),
    ]);
    expect(text.split('\n').at(-1)).toBe('4 passed, 2 failed');
  });

  it('say in the totals that something was skipped', () => {
    expect(formatResults([result({ layer: layer('a'), skipped: 1 })])).toMatch(/\n0 passed, 0 failed, 1 skipped$/);
  });

  it('say what all of them took, and that it was too long', () => {
    const each = (seconds: number) => formatResults(layers.map((one) => result({ layer: one, seconds })));
    expect(each(10)).toMatch(/in all +80\.0 +480 *\n/);
    expect(each(70)).toMatch(/in all +560\.0 +480 +over budget/);
    expect(formatResults([result({ layer: layer('a') }), result({ layer: layer('b') })])).toMatch(/in all +2\.0 *\n/);
  });

  it('are marked when they took longer than their budget', () => {
    expect(formatResults([result({ layer: layer('slow'), seconds: 12.34 })])).toMatch(
      /slow .* 12\.3 .* 10 {2}over budget/,
    );
  });
});
