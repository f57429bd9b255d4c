import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/** Where the clients go. Credentials come from the SDK's default chain. */
export interface AwsTarget {
  readonly region: string;
  /** A stand-in instead of AWS. */
  readonly endpoint: string | undefined;
  /** Longest time to the head of a response, in milliseconds, where the default is not meant. */
  readonly timeoutMs?: number;
}

/** The clients of DynamoDB: one that repeats calls by itself, and one that sends everything once, for commits. */
export interface DynamoClients {
  readonly repeating: DynamoDBClient;
  readonly once: DynamoDBClient;
}

/** The clients of S3: one for contents, and one for probes, which must not wait for slow readers. */
export interface S3Clients {
  readonly transfers: S3Client;
  readonly probes: S3Client;
}

const connectTimeoutMs = 1000;
/** Calls of DynamoDB take milliseconds; three attempts of this and their pauses end within ten seconds. */
const dynamoTimeoutMs = 3000;
/** A part of 5 MiB at 1 MB/s, and the head of a response; not the bytes of a body, which the request's own limit ends. */
const s3TimeoutMs = 6000;
const maxAttempts = 3;
const dynamoSockets = 128;
/** Every download holds one until its reader is done. */
const s3Sockets = 256;
const probeSockets = 2;

/** Creates clients whose every call is bounded in time, attempts and sockets. */
export function createDynamoClients({ region, endpoint, timeoutMs = dynamoTimeoutMs }: AwsTarget): DynamoClients {
  const requestHandler = createHandler(timeoutMs, dynamoSockets);
  const common = { region, requestHandler, ...(endpoint !== undefined && { endpoint }) };
  return {
    repeating: new DynamoDBClient({ ...common, maxAttempts }),
    once: new DynamoDBClient({ ...common, maxAttempts: 1 }),
  };
}

/**
 * Creates the clients of S3. Against a stand-in it uses path-style addresses, since host names under the endpoint rarely
 * exist there, and checksums only where S3 requires them, since some engines store the framing of the others.
 */
export function createS3Clients(target: AwsTarget): S3Clients {
  return { transfers: createS3Client(target, s3Sockets), probes: createS3Client(target, probeSockets) };
}

function createS3Client({ region, endpoint, timeoutMs = s3TimeoutMs }: AwsTarget, sockets: number): S3Client {
  return new S3Client({
    region,
    maxAttempts,
    requestHandler: createHandler(timeoutMs, sockets),
    ...(endpoint !== undefined && {
      endpoint,
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    }),
  });
}

function createHandler(requestTimeout: number, maxSockets: number): NodeHttpHandler {
  const agent = { keepAlive: true, maxSockets };
  return new NodeHttpHandler({
    connectionTimeout: connectTimeoutMs,
    requestTimeout,
    throwOnRequestTimeout: true,
    httpAgent: new HttpAgent(agent),
    httpsAgent: new HttpsAgent(agent),
  });
}
