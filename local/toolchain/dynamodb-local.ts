import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../processes/run.ts';
import type { Artifact } from './artifact.ts';
import { findPrograms } from './machine.ts';

type Env = Readonly<Record<string, string | undefined>>;

const pomPath = join(import.meta.dirname, 'dynamodb-local', 'pom.xml');

/**
 * The jars of DynamoDB Local, one beside the other. Its licence lets everybody use it but nobody pass it on: whoever
 * runs this fetches it into their own cache.
 */
export function dynamodbLocal(env: Env): Artifact {
  return {
    name: 'dynamodb-local',
    title: 'fetching DynamoDB Local, which stands in for DynamoDB, with Maven',
    inputs: [readFileSync(pomPath, 'utf8')],
    needs: [
      {
        what: 'Maven, which fetches DynamoDB Local',
        packages: ['maven'],
        remedy: 'https://maven.apache.org/install.html',
        unmet: async () => (findPrograms('mvn', env).length === 0 ? '' : undefined),
      },
    ],
    async build(folder, { env: buildEnv, logPath, signal }) {
      const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`];
      await run(['mvn', '--batch-mode', '--no-transfer-progress', '--file', pomPath, ...goal], {
        env: buildEnv,
        logPath,
        signal,
      });
    },
  };
}
