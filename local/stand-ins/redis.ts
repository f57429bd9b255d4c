import type { StandIn } from '../cluster/cluster.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import { answersPing } from './answering.ts';

/**
 * Valkey as ElastiCache runs it for a cache: no persistence, so that a killed server comes back empty like a replaced
 * node, and the least recently used keys with a TTL go first when the memory is full (ElastiCache's default policy).
 */
export function redisStandIn(toolchain: Pick<Toolchain, 'valkeyServer'>): StandIn {
  const options = ['--save', '', '--appendonly', 'no', '--maxmemory', '64mb', '--maxmemory-policy', 'volatile-lru'];
  // Protected mode refuses clients that are not on loopback; who reaches this server is decided by the address it listens on.
  const reachable = ['--protected-mode', 'no'];
  return {
    name: 'redis',
    port: 6379,
    process: (listen, dataFolder) => ({
      argv: [
        toolchain.valkeyServer,
        ...options,
        ...reachable,
        '--bind',
        listen.address,
        '--port',
        String(listen.port),
        '--dir',
        dataFolder,
      ],
    }),
    container: { image: 'valkey/valkey:9.1.2', args: [...options, ...reachable] },
    isAnswering: answersPing,
  };
}
