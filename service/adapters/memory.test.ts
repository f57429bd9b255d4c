import { describe } from 'vitest';
import { contentStoreContract } from '../test/content-store.contract.ts';
import { documentCacheContract } from '../test/document-cache.contract.ts';
import { metadataAttemptsContract } from '../test/metadata-attempts.contract.ts';
import { metadataCommitsContract } from '../test/metadata-commits.contract.ts';
import { metadataPreconditionsContract } from '../test/metadata-preconditions.contract.ts';
import { createMemoryCache } from './memory-cache.ts';
import { createMemoryContents } from './memory-contents.ts';
import { createMemoryMetadata } from './memory-metadata.ts';

describe('rows in memory', () => {
  const create = async () => createMemoryMetadata(Date.now);
  metadataCommitsContract(create);
  metadataPreconditionsContract(create);
  metadataAttemptsContract(create);
});

describe('contents in memory', () => {
  contentStoreContract(async () => {
    const contents = new Map<string, readonly Buffer[]>();
    return {
      store: createMemoryContents(contents),
      pieces: async () => contents.size,
      async lose({ id }, piece) {
        if (piece === 'first') contents.delete(id);
        else contents.set(id, contents.get(id)?.slice(0, -1) ?? []);
      },
    };
  });
});

describe('a cache in memory', () => {
  documentCacheContract(async () => {
    let nowMs = 0;
    return { cache: createMemoryCache(() => nowMs), pass: async (ms) => void (nowMs += ms) };
  });
});
