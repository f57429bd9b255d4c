import { Redis } from 'ioredis';
import type { CacheConfig } from '../config.ts';
import type { DocumentId } from '../document-id.ts';
import type { DocumentCache } from '../stores.ts';
import { decodeEntry, encodeEntry, versionDigits } from './cache-frame.ts';

/** A cache that can be let go of. */
export interface RedisCache extends DocumentCache {
  close(): void;
}

/** A command that failed, or was not sent. The errors of ioredis carry the command with its arguments: whole documents. */
class CacheFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CacheFailure';
  }
}

/** A hit that takes longer than this is no gain over DynamoDB. */
const commandTimeoutMs = 50;
const connectTimeoutMs = 500;
/** A connection that owes an answer for this long is dead, even if nobody says so (host gone, packets dropped). */
const silenceMs = 1000;
const maxReconnectPauseMs = 800;

/**
 * KEYS[1] entry; ARGV: frame, time to live in milliseconds. A command that was given up may still be carried out much
 * later, so that no entry may ever be written without looking at what is there.
 */
const storeScript = `
local there = redis.call('GETRANGE', KEYS[1], 0, ${versionDigits - 1})
if #there == ${versionDigits} and tonumber(there) > tonumber(string.sub(ARGV[1], 1, ${versionDigits})) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

/** KEYS[1] generation; ARGV: Unix milliseconds, so that a generation that was evicted or flushed never comes again. */
const renewScript = `
local there = tonumber(redis.call('GET', KEYS[1]) or '0')
local new = math.max(there + 1, tonumber(ARGV[1]))
redis.call('SET', KEYS[1], string.format('%.0f', new))
return string.format('%.0f', new)`;

/** Redis or Valkey as the cache: `<prefix>generation`, and `<prefix>doc:<id>` with frames of cache-frame.ts. */
export function createRedisCache(config: CacheConfig, nowMs: () => number, timeoutMs = commandTimeoutMs): RedisCache {
  const redis = connect(config, timeoutMs);
  const generationKey = `${config.keyPrefix}generation`;
  const entryKey = (id: DocumentId): string => `${config.keyPrefix}doc:${id}`;

  async function begin(): Promise<number> {
    return Number(await answered(redis.eval(renewScript, 1, generationKey, nowMs())));
  }

  return {
    async read(id) {
      const [generation, frame] = await answered(redis.mgetBuffer(generationKey, entryKey(id)));
      if (generation === null || generation === undefined) return { generation: await begin(), entry: undefined };
      return {
        generation: Number(generation.toString('latin1')),
        entry: frame === null || frame === undefined ? undefined : decodeEntry(frame),
      };
    },

    async store(id, entry, ttlMs) {
      return (await answered(redis.eval(storeScript, 1, entryKey(id), encodeEntry(entry), ttlMs))) === 1;
    },

    async generation() {
      const generation = await answered(redis.get(generationKey));
      return generation === null ? begin() : Number(generation);
    },

    renew: begin,

    close() {
      redis.disconnect();
    },
  };
}

async function answered<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    throw new CacheFailure(error instanceof Error ? `${error.name}: ${error.message}` : 'no error was given');
  }
}

function connect({ host, port, tls, username, password }: CacheConfig, commandTimeout: number): Redis {
  const redis = new Redis({
    host,
    port,
    ...(tls && { tls: {} }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    commandTimeout,
    connectTimeout: connectTimeoutMs,
    socketTimeout: silenceMs,
    // Nothing waits for a connection: without one the cache is a miss at once.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    enableAutoPipelining: true,
    retryStrategy: (times) => Math.min(maxReconnectPauseMs, 50 * 2 ** Math.min(times, 5)) * (0.5 + Math.random() / 2),
    // After a failover of ElastiCache the old primary refuses writes until its name leads to the new one.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
  // Every failure reaches the command that met it; without a listener ioredis prints them.
  redis.on('error', () => undefined);
  return redis;
}
