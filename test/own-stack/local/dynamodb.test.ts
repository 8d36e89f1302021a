import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ServiceCall } from '../../../lib/local/iam/principals.ts';
import type { LocalStack } from '../../../lib/local/local-stack.ts';
import { makeTestStack, type TestStack } from './test-stack.ts';

let testStack: TestStack;
let stack: LocalStack;
let table: string;
const calls: ServiceCall[] = [];

beforeAll(async () => {
  testStack = makeTestStack();
  stack = await testStack.start({ onCall: (call) => calls.push(call) });
  const { env } = (await (await fetch(`${stack.url}/echo`)).json()) as { env: { TABLE: string } };
  table = env.TABLE;
});
afterAll(async () => {
  await stack.close();
  testStack.remove();
});

const item = { pk: { S: 'a' }, sk: { S: 'b' } };
const asFunction = async (command: string, input: object) => {
  const body = JSON.stringify({ client: 'dynamodb', command, input });
  return (await (await fetch(`${stack.url}/data`, { method: 'POST', body })).json()) as { error?: string };
};

describe('the policies of a function', () => {
  test('allow what the template grants', async () => {
    expect((await asFunction('PutItemCommand', { TableName: table, Item: item })).error).toBeUndefined();
  });

  test('refuse what the template does not grant', async () => {
    expect((await asFunction('GetItemCommand', { TableName: table, Key: item })).error).toBe(
      'AccessDeniedException',
    );
    expect((await asFunction('PutItemCommand', { TableName: 'another', Item: item })).error).toBe(
      'AccessDeniedException',
    );
  });

  test('treat an index as a resource of its own', async () => {
    const query = {
      TableName: table,
      KeyConditionExpression: 'sk = :sk',
      ExpressionAttributeValues: { ':sk': { S: 'b' } },
    };
    expect((await asFunction('QueryCommand', { ...query, IndexName: 'bySort' })).error).toBeUndefined();
  });

  test('are checked for each part of a transaction', async () => {
    const put = { Put: { TableName: table, Item: item } };
    const remove = { Delete: { TableName: table, Key: { pk: { S: 'c' }, sk: { S: 'd' } } } };
    expect((await asFunction('TransactWriteItemsCommand', { TransactItems: [put] })).error).toBeUndefined();
    expect((await asFunction('TransactWriteItemsCommand', { TransactItems: [put, remove] })).error).toBe(
      'AccessDeniedException',
    );
  });
});

test('an unknown caller is refused', async () => {
  const response = await fetch(stack.dynamoDbEndpoint, {
    method: 'POST',
    headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' },
    body: '{}',
  });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain('UnrecognizedClientException');
});

test('a counter is called for each request with its capacity', async () => {
  calls.length = 0;
  await asFunction('PutItemCommand', { TableName: table, Item: { ...item, blob: { S: 'x'.repeat(1500) } } });
  const call = calls.find(({ action }) => action === 'PutItem');
  expect(call).toMatchObject({ service: 'dynamodb', functionName: expect.stringMatching(/^data/) });
  expect(call?.capacityUnits).toBeGreaterThanOrEqual(2);
  expect(call?.requestBytes).toBeGreaterThan(1500);
});
