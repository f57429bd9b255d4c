import { join } from 'node:path';
import type { StandIn } from '../cluster/cluster.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import { answersHttp } from './answering.ts';

/**
 * DynamoDB Local, Amazon's own. It keeps its tables in memory: killed, it forgets them, which DynamoDB never does, so no
 * test of durability may kill it. It has one set of tables, whatever key and region a client shows.
 */
export function dynamodbStandIn(toolchain: Pick<Toolchain, 'java' | 'dynamodbLocalJars'>): StandIn {
  return {
    name: 'dynamodb',
    port: 8000,
    process: (listen, dataFolder) => ({
      argv: [
        toolchain.java,
        '-Xmx192m',
        '-XX:+UseSerialGC',
        '-XX:TieredStopAtLevel=1',
        // Otherwise each kill leaves a library of SQLite and a file of counters in the machine's folder for such things.
        `-Djava.io.tmpdir=${dataFolder}`,
        '-XX:-UsePerfData',
        '-cp',
        join(toolchain.dynamodbLocalJars, '*'),
        'org.eclipse.jetty.xml.XmlConfiguration',
        join(import.meta.dirname, 'dynamodb-local.xml'),
      ],
      env: { LISTEN_ADDRESS: listen.address, LISTEN_PORT: String(listen.port) },
    }),
    container: {
      image: 'amazon/dynamodb-local:3.1.0',
      args: ['-Xmx192m', '-jar', 'DynamoDBLocal.jar', '-inMemory', '-sharedDb', '-disableTelemetry', '-port', '8000'],
    },
    isAnswering: (endpoint) =>
      answersHttp(endpoint, {
        method: 'POST',
        path: '/',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': 'DynamoDB_20120810.ListTables',
          // The signature is not checked, but a request without one is refused.
          authorization:
            'AWS4-HMAC-SHA256 Credential=local/20200101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=none',
        },
        body: '{}',
        isAnswer: (status) => status === 200,
      }),
  };
}
