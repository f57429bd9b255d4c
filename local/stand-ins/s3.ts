import type { StandIn } from '../cluster/cluster.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import { answersHttp } from './answering.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from './credentials.ts';

const HEALTH_PATH = '/-/healthy';

/**
 * versitygw over a folder, which must exist on a file system with extended attributes (ext4, xfs, tmpfs). Objects are
 * files there and survive a kill, as those of S3 do. Its conditional writes are exact.
 */
export function s3StandIn(toolchain: Pick<Toolchain, 'versitygw'>): StandIn {
  const env = {
    ROOT_ACCESS_KEY: LOCAL_CREDENTIALS.accessKeyId,
    ROOT_SECRET_KEY: LOCAL_CREDENTIALS.secretAccessKey,
  };
  const options = ['--quiet', '--region', LOCAL_REGION, '--health', HEALTH_PATH];
  return {
    name: 's3',
    port: 9000,
    process: (listen, dataFolder) => ({
      argv: [toolchain.versitygw, ...options, '--port', `${listen.address}:${listen.port}`, 'posix', dataFolder],
      env,
    }),
    container: {
      image: 'versity/versitygw:v1.8.0',
      args: [...options, '--port', ':9000', 'posix', '/tmp'],
      env,
    },
    isAnswering: (endpoint) => answersHttp(endpoint, { path: HEALTH_PATH, isAnswer: (status) => status === 200 }),
  };
}
