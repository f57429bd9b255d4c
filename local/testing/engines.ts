import type { TestProject } from 'vitest/node';
import { readFolders } from '../folders.ts';
import { createPhases } from '../phases.ts';
import { awsStandIn } from '../stand-ins/aws.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../stand-ins/credentials.ts';
import { dynamodbStandIn } from '../stand-ins/dynamodb.ts';
import { redisStandIn } from '../stand-ins/redis.ts';
import { s3StandIn } from '../stand-ins/s3.ts';
import { ensureToolchain } from '../toolchain/ensure-toolchain.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import { startOnLoopback, type LoopbackStandIn } from './loopback.ts';

/** The storage engines of one test run. Tests share them: each makes its own table, bucket and key prefix. */
export interface Engines {
  /** DynamoDB Local, for example `http://127.0.0.1:41234`. */
  readonly dynamodb: string;
  /** versitygw: path-style, checksums WHEN_REQUIRED, and signatures checked against `credentials`. */
  readonly s3: string;
  /** moto: ElastiCache and STS. */
  readonly aws: string;
  readonly redis: { readonly host: string; readonly port: number };
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

declare module 'vitest' {
  interface ProvidedContext {
    engines: Engines;
    /** For tests that start, pause or kill an engine of their own: `startOnLoopback(redisStandIn(inject('toolchain')))`. */
    toolchain: Toolchain;
  }
}

/** vitest's globalSetup: starts the engines on loopback, tells the tests where they are, and stops them after the last one. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const toolchain = await findToolchain();
  const standIns = [dynamodbStandIn, s3StandIn, awsStandIn, redisStandIn].map((of) => of(toolchain));
  const outcomes = await Promise.allSettled(standIns.map(startOnLoopback));
  const running = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((standIn) => standIn.stop()));
  };
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  if (failures.length > 0) {
    await stop();
    throw new AggregateError(failures, 'the storage engines did not start');
  }
  const [dynamodb, s3, aws, redis] = running as [LoopbackStandIn, LoopbackStandIn, LoopbackStandIn, LoopbackStandIn];
  project.provide('toolchain', toolchain);
  project.provide('engines', {
    dynamodb: urlOf(dynamodb),
    s3: urlOf(s3),
    aws: urlOf(aws),
    redis: { host: redis.endpoint.address, port: redis.endpoint.port },
    region: LOCAL_REGION,
    credentials: LOCAL_CREDENTIALS,
  });
  return stop;
}

function urlOf(standIn: LoopbackStandIn): string {
  return `http://${standIn.endpoint.address}:${standIn.endpoint.port}`;
}

/** What is missing is built or installed first, and said on standard error, so that no report is spoilt. */
function findToolchain(): Promise<Toolchain> {
  const env = process.env;
  const print = console.error;
  const phases = createPhases(print, () => performance.now());
  return ensureToolchain({ folders: readFolders(env), env, use: 'processes', phases, print });
}
