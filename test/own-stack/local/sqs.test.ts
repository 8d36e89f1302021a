import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import {
  ChangeMessageVisibilityCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Credentials, loadFunctions, loadSecret } from '../../../lib/local/lambda/functions.ts';
import type { LocalStack } from '../../../lib/local/local-stack.ts';
import { loadTemplate } from '../../../lib/local/template.ts';
import { makeTestStack, type TestStack } from './test-stack.ts';

let testStack: TestStack;
let stack: LocalStack;
let queueUrl: (name: RegExp) => string;
beforeAll(async () => {
  testStack = makeTestStack();
  stack = await testStack.start();
  const template = loadTemplate(testStack.cdkOut, stack.url);
  queueUrl = (name) => {
    const queue = template.ofType('AWS::SQS::Queue').find(({ logicalId }) => name.test(logicalId));
    return String(template.resolve({ Ref: queue?.logicalId }));
  };
});
afterAll(async () => {
  await stack.close();
  testStack.remove();
});

const sqsAs = (credentials: Credentials) =>
  new SQSClient({ region: 'us-east-1', credentials, endpoint: `${stack.url}/local/sqs` });
const send = (QueueUrl: string, MessageBody: string, credentials = stack.credentials) =>
  sqsAs(credentials).send(new SendMessageCommand({ QueueUrl, MessageBody }));

describe('A message that is sent to a queue', () => {
  test('invokes the queue’s function', async () => {
    await send(queueUrl(/dead/i), 'a letter');
    const dynamoDb = new DynamoDBClient({
      region: 'us-east-1',
      credentials: stack.credentials,
      endpoint: stack.dynamoDbEndpoint,
    });
    const { env } = (await (await fetch(`${stack.url}/echo`)).json()) as { env: { TABLE: string } };
    const bodies = async () => {
      const query = new QueryCommand({
        TableName: env.TABLE,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'dead' } },
      });
      return ((await dynamoDb.send(query)).Items ?? []).map(({ sk }) => sk?.S);
    };
    await expect.poll(bodies, { timeout: 20_000 }).toEqual(['a letter']);
    dynamoDb.destroy();
  });

  test('is refused for a function whose policy does not name the queue, and for an unknown key', async () => {
    const functions = loadFunctions(loadTemplate(testStack.cdkOut, stack.url), loadSecret(testStack.dataDir));
    const echo = functions.find(({ name }) => name.startsWith('echo'));
    if (!echo) throw new Error('there is no such function');
    const url = queueUrl(/dead/i);
    await expect(send(url, 'x', echo.credentials)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const unknownKey = { accessKeyId: 'AKIASTRANGER', secretAccessKey: 'x' };
    await expect(send(url, 'x', unknownKey)).rejects.toMatchObject({ name: 'InvalidSignature' });
  });

  test('is refused if the queue does not exist', async () => {
    await expect(send(`${stack.url}/local/sqs/000000000000/none`, 'x')).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
  });
});

test('Only the receiver of a message may change its visibility timeout', async () => {
  const change = new ChangeMessageVisibilityCommand({
    QueueUrl: queueUrl(/dead/i),
    ReceiptHandle: 'nobody/1',
    VisibilityTimeout: 5,
  });
  await expect(sqsAs(stack.credentials).send(change)).rejects.toMatchObject({ name: 'MessageNotInflight' });
});

test('An empty queue returns no message', async () => {
  const receive = new ReceiveMessageCommand({ QueueUrl: queueUrl(/arriv/i) });
  expect((await sqsAs(stack.credentials).send(receive)).Messages).toEqual([]);
});
