import { expect, onTestFinished, test } from 'vitest';
import { removeBareCluster } from './bare-cluster.ts';

test('where there are no namespaces there is no bare cluster to be removed', async () => {
  const platform = process.platform;
  onTestFinished(() => {
    Object.defineProperty(process, 'platform', { value: platform });
  });
  Object.defineProperty(process, 'platform', { value: 'darwin' });
  // A name that no cluster can have: whoever looks for one fails.
  await expect(removeBareCluster({ name: 'No Name', stateFolder: '/nowhere' })).resolves.toBeUndefined();
});
