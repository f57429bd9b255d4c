import {
  CreateReplicationGroupCommand,
  ReplicationGroupAlreadyExistsFault,
  type ElastiCacheClient,
} from '@aws-sdk/client-elasticache';

/**
 * Describes a Valkey cache to the ElastiCache API unless there is one of that name. The stand-in only remembers it: the
 * host name that it invents for the primary endpoint leads nowhere, the cache itself is the Redis stand-in.
 */
export async function ensureReplicationGroup(client: ElastiCacheClient, id: string): Promise<void> {
  try {
    await client.send(
      new CreateReplicationGroupCommand({
        ReplicationGroupId: id,
        ReplicationGroupDescription: 'cache of documents',
        Engine: 'valkey',
        CacheNodeType: 'cache.t4g.micro',
        NumCacheClusters: 2,
        AutomaticFailoverEnabled: true,
      }),
    );
  } catch (error) {
    if (!(error instanceof ReplicationGroupAlreadyExistsFault)) throw error;
  }
}
