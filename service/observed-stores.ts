import type { Metrics, StorageOutcome } from './metrics.ts';
import { MissingContent } from './errors.ts';
import type { CommitOutcome, ContentStore, MetadataStore } from './stores.ts';

type Report = (operation: string, outcome: StorageOutcome, seconds: number) => void;

/** The same store, counted and timed. */
export function observedMetadata(store: MetadataStore, metrics: Metrics): MetadataStore {
  const report: Report = (...call) => metrics.storageCall('metadata', ...call);
  return {
    read: (id) =>
      timed(
        report,
        'read',
        () => store.read(id),
        (row) => (row === undefined ? 'none' : 'ok'),
      ),
    async commit(change) {
      const outcome = await timed(
        report,
        'commit',
        () => store.commit(change),
        ({ kind }) => ofCommit[kind],
      );
      if (outcome.kind === 'unknown') metrics.commitUnknown();
      return outcome;
    },
    burn: (id, attempt) =>
      timed(
        report,
        'burn',
        () => store.burn(id, attempt),
        ({ kind }) => (kind === 'full' ? 'refused' : 'ok'),
      ),
    probe: () =>
      timed(
        report,
        'probe',
        () => store.probe(),
        () => 'ok',
      ),
  };
}

/** The same store, counted and timed. The time of `open` ends where the bytes begin. */
export function observedContents(store: ContentStore, metrics: Metrics): ContentStore {
  const report: Report = (...call) => metrics.storageCall('content', ...call);
  return {
    blockBytes: store.blockBytes,
    write: (...target) =>
      timed(
        report,
        'write',
        () => store.write(...target),
        () => 'ok',
      ),
    open: (content, signal) =>
      timed(
        report,
        'open',
        () => store.open(content, signal),
        () => 'ok',
      ),
    probe: () =>
      timed(
        report,
        'probe',
        () => store.probe(),
        () => 'ok',
      ),
  };
}

async function timed<T>(
  report: Report,
  operation: string,
  call: () => Promise<T>,
  outcomeOf: (result: T) => StorageOutcome,
): Promise<T> {
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  try {
    const result = await call();
    report(operation, outcomeOf(result), seconds());
    return result;
  } catch (error) {
    report(operation, error instanceof MissingContent ? 'none' : 'failed', seconds());
    throw error;
  }
}

const ofCommit: Readonly<Record<CommitOutcome['kind'], StorageOutcome>> = {
  committed: 'ok',
  refused: 'refused',
  'not-taken': 'failed',
  unknown: 'failed',
};
