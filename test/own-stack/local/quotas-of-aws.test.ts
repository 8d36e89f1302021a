import { BatchWriteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LocalStack } from '../../../lib/local/local-stack.ts';
import { loadTemplate } from '../../../lib/local/template.ts';
import { makeTestStack, type TestStack } from './test-stack.ts';

let testStack: TestStack;
let stack: LocalStack;
beforeAll(async () => {
  testStack = makeTestStack();
  stack = await testStack.start({ concurrency: 2, limitsStreamRate: true });
});
afterAll(async () => {
  await stack.close();
  testStack.remove();
});

const get = (path: string) => fetch(`${stack.url}${path}`);

test('Requests beyond the concurrency of the account are throttled as a failed integration, and nothing else', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => get('/shared')));
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(2);
  expect(statuses).toContain(502);
  expect(new Set(statuses)).toEqual(new Set([200, 502]));
  // A function is busy for a moment after its response.
  await expect.poll(async () => (await get('/shared')).status).toBe(200);
});

test('A streamed response has 2 MB a second after its first 10 MB', async () => {
  const timed = async (bytes: number) => {
    const startedAt = performance.now();
    const body = await (await get(`/stream?bytes=${bytes}`)).arrayBuffer();
    expect(body.byteLength).toBe(bytes + 'begin end'.length);
    return performance.now() - startedAt;
  };
  // 3.5 MB beyond.
  expect(await timed(14_000_000)).toBeGreaterThan(1600);
});

test('A partition key value that is written too often is throttled, as the SDK knows it, and others are not', async () => {
  const { credentials, dynamoDbEndpoint: endpoint } = stack;
  const settings = { endpoint, credentials, region: 'us-east-1' };
  const [once, patient] = [1, 10].map((maxAttempts) => new DynamoDBClient({ ...settings, maxAttempts }));
  const template = loadTemplate(testStack.cdkOut, stack.url);
  const [table] = template.ofType('AWS::DynamoDB::GlobalTable');
  const TableName = table ? template.physicalName(table) : '';
  const item = (pk: string, sk: string, text = '') => ({ pk: { S: pk }, sk: { S: sk }, text: { S: text } });
  const put = (pk: string) => new PutItemCommand({ TableName, Item: item(pk, 'last') });
  const large = Array.from({ length: 10 }, (_value, index) => ({
    PutRequest: { Item: item('hot', `${index}`, 'x'.repeat(390_000)) },
  }));
  await once?.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: large } }));
  await expect(once?.send(put('hot'))).rejects.toMatchObject({ name: 'ThrottlingException' });
  await once?.send(put('cold'));
  // The SDK sends it again until the partition has throughput.
  await patient?.send(put('hot'));
});
