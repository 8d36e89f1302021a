// Bundled by the test of slim clients: prints the settings of a client, its requests, and what becomes of each response.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { HttpResponse } from '@smithy/core/protocols';
import { UNUSED_STEPS } from '../../../../lib/data/dynamodb/table.ts';

interface Answer {
  statusCode: number;
  body: string;
}
interface Sent {
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  headers: Record<string, string>;
}

const answers: Answer[] = JSON.parse(process.env.ANSWERS ?? '[]');
const sent: object[] = [];

const client = new DynamoDBClient({
  requestHandler: {
    handle: async ({ protocol, hostname, port, path, headers }: Sent) => {
      const { authorization = '', 'x-amz-date': _at, 'amz-sdk-invocation-id': _id, ...others } = headers;
      const signed = authorization.replace(/\/\d{8}\//, '/').replace(/Signature=.*/, '');
      sent.push({ protocol, hostname, port, path, headers: others, signed });
      const { statusCode, body } = answers.shift() ?? { statusCode: 200, body: '{}' };
      return { response: new HttpResponse({ statusCode, body: Buffer.from(body), headers: {} }) };
    },
  },
  maxAttempts: 1,
});
for (const step of UNUSED_STEPS) client.middlewareStack.remove(step);
const documents = DynamoDBDocumentClient.from(client);

async function outcomeOf(request: () => Promise<object>): Promise<object> {
  try {
    return await request();
  } catch (error) {
    const { name, message, $fault, $retryable, ...others } = error as Record<string, unknown>;
    return { name, message, $fault, $retryable, ...others, isError: error instanceof Error };
  }
}

const { config } = client;
const settled = (setting: unknown) => (typeof setting === 'function' ? setting() : setting);

async function report() {
  const outcomes: object[] = [];
  for (let count = answers.length; count > 0; count--) {
    const get = () => documents.send(new GetCommand({ TableName: 'images', Key: { pk: 'a', sk: count } }));
    const write = () =>
      documents.send(new TransactWriteCommand({ TransactItems: [], ClientRequestToken: 'once' }));
    outcomes.push(await outcomeOf(count % 2 ? get : write));
  }
  const settings = {
    region: await config.region(),
    retryMode: await settled(config.retryMode),
    useFips: await config.useFipsEndpoint(),
    useDualstack: await config.useDualstackEndpoint(),
    appId: await config.userAgentAppId(),
    defaultsMode: await settled(config.defaultsMode),
    credentials: { ...(await config.credentials()) },
  };
  console.log(JSON.stringify({ settings, sent, outcomes }));
}

void report();
