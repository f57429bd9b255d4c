/** Calls of S3 that are authorised by an action of another name (Amazon S3 user guide, "Required permissions for API operations"). */
const actionsOfS3 = {
  AbortMultipartUpload: 's3:AbortMultipartUpload',
  CompleteMultipartUpload: 's3:PutObject',
  CreateMultipartUpload: 's3:PutObject',
  DeleteObject: 's3:DeleteObject',
  DeleteObjects: 's3:DeleteObject',
  GetObject: 's3:GetObject',
  HeadBucket: 's3:ListBucket',
  HeadObject: 's3:GetObject',
  ListObjectsV2: 's3:ListBucket',
  PutObject: 's3:PutObject',
  UploadPart: 's3:PutObject',
} as const satisfies Readonly<Record<string, string>>;

/** Calls of DynamoDB that are authorised by the action of the same name; transactions are by those of their parts. */
const callsOfDynamo = [
  'BatchGetItem',
  'BatchWriteItem',
  'DeleteItem',
  'DescribeTable',
  'GetItem',
  'PutItem',
  'Query',
  'UpdateItem',
];

/**
 * The IAM actions behind every `new XCommand(` of some TypeScript sources, sorted. Throws an error that names a command
 * of the AWS SDK that is not listed above, so that a new one gets its right looked up.
 */
export function actionsOfCalls(sources: readonly string[]): readonly string[] {
  const commands = sources.flatMap((text) =>
    [...text.matchAll(/new ([A-Z]\w*)Command\(/g)].map(([, name = '']) => name),
  );
  return [...new Set(commands.map(actionOf))].toSorted();
}

function actionOf(call: string): string {
  if (callsOfDynamo.includes(call)) return `dynamodb:${call}`;
  const action = Object.entries(actionsOfS3).find(([name]) => name === call)?.[1];
  if (action === undefined)
    throw new Error(`which IAM action allows ${call}? Write it into terraform/testing/aws-actions.ts`);
  return action;
}
