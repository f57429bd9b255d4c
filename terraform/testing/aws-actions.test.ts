import { describe, expect, test } from 'vitest';
import { actionsOfCalls } from './aws-actions.ts';

describe('the actions behind calls of AWS', () => {
  test('are those of the commands in the sources, each once', () => {
    const sources = [
      'await client.send(new GetItemCommand({}));\nawait client.send(new UpdateItemCommand({}));',
      'send(new HeadObjectCommand({})); send(new GetObjectCommand({})); send(new UploadPartCommand({}))',
    ];
    expect(actionsOfCalls(sources)).toEqual([
      'dynamodb:GetItem',
      'dynamodb:UpdateItem',
      's3:GetObject',
      's3:PutObject',
    ]);
  });

  test('are asked for when a command is new to the list', () => {
    expect(() => actionsOfCalls(['new RestoreObjectCommand({})'])).toThrow(/which IAM action allows RestoreObject\?/);
  });
});
