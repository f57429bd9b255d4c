import { BatchWriteItemCommand, GetItemCommand, PutItemCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { Readable } from 'node:stream';
import { MissingContent, notKeptHere, storageUnavailable } from '../errors.ts';
import type { ContentStore } from '../stores.ts';
import { writeBlocks } from './block-writer.ts';
import type { DynamoClients } from './aws-clients.ts';

/** An item of DynamoDB has at most 400 KiB with its key; this leaves plenty. */
const blockBytes = 350 * 1024;
/** BatchWriteItem takes at most 25 items (API reference). */
const maxBatch = 25;
const probeTimeoutMs = 1000;

/** Contents in the table of the rows, as chunks under `chunk#<content id>#<number>`: for instances without a bucket. */
export function createDynamoContents(clients: DynamoClients, table: string): ContentStore {
  const chunks: Chunks = { ...clients, table };
  return {
    blockBytes,

    async write(contentId, _documentId, blocks, signal) {
      const written = await writeBlocks(blocks, {
        send: (block, number) => putChunk(chunks, chunkKey(contentId, number), block, signal),
        takeBack: (begun) => deleteChunks(chunks, contentId, begun),
      });
      return { where: 'chunks', chunks: written };
    },

    async open(content, signal) {
      if (content.placement.where !== 'chunks') throw notKeptHere(content);
      try {
        const first = await getChunk(chunks, content.id, 0, signal);
        const rest = chunksFrom(first, content.placement.chunks, (number) =>
          getChunk(chunks, content.id, number, signal),
        );
        return Readable.from(rest, { signal, objectMode: false });
      } catch (error) {
        throw error instanceof MissingContent ? error : storageUnavailable(error);
      }
    },

    async probe() {
      const input = { TableName: table, Key: { pk: { S: 'probe' } } };
      await clients.once.send(new GetItemCommand(input), { abortSignal: AbortSignal.timeout(probeTimeoutMs) });
    },
  };
}

/** The table of the chunks and how it is reached. */
interface Chunks extends DynamoClients {
  readonly table: string;
}

async function putChunk(
  { repeating, table }: Chunks,
  key: { pk: AttributeValue },
  bytes: Buffer,
  signal: AbortSignal,
): Promise<void> {
  try {
    const Item = { ...key, bytes: { B: bytes } };
    await repeating.send(new PutItemCommand({ TableName: table, Item }), { abortSignal: signal });
  } catch (error) {
    throw storageUnavailable(error);
  }
}

async function getChunk(
  { repeating, table }: Chunks,
  contentId: string,
  number: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const input = { TableName: table, Key: chunkKey(contentId, number), ConsistentRead: true };
  const { Item } = await repeating.send(new GetItemCommand(input), { abortSignal: signal });
  const bytes = Item?.['bytes']?.B;
  if (bytes === undefined) throw new MissingContent(`${contentId}#${number}`);
  return bytes;
}

/** Takes back chunks that no row can name. */
async function deleteChunks({ repeating, table }: Chunks, contentId: string, count: number): Promise<void> {
  for (let from = 0; from < count; from += maxBatch) {
    const batch = Array.from({ length: Math.min(maxBatch, count - from) }, (_, index) => ({
      DeleteRequest: { Key: chunkKey(contentId, from + index) },
    }));
    await repeating.send(new BatchWriteItemCommand({ RequestItems: { [table]: batch } }));
  }
}

/** The chunks in their order, with the next one on its way while one is read. */
async function* chunksFrom(
  first: Uint8Array,
  count: number,
  get: (number: number) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  let current = first;
  for (let number = 1; number < count; number += 1) {
    const next = get(number);
    // Its failure is met where it is awaited; the reader may take its time until then.
    next.catch(() => undefined);
    yield current;
    current = await next;
  }
  yield current;
}

function chunkKey(contentId: string, number: number): { pk: AttributeValue } {
  return { pk: { S: `chunk#${contentId}#${number}` } };
}
