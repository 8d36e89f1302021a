import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AwsCall {
  /** The action, such as `DescribeStacks`; of REST APIs the method and the path. */
  action: string;
  body: string;
  /** The address of the stand-in, for URLs of queues: the SDK sends to the address of the queue. */
  origin: string;
}
/** The body of a response; an `Error` is a refusal by AWS with its name and message. */
export type AwsAnswer = string | object | Error;

/**
 * A stand-in for AWS's control plane, which is not on this machine: it answers from a list, and records what it was asked. It is
 * the server of every service that has no endpoint of its own in the environment.
 */
export async function startAwsStandIn(answers: Record<string, (call: AwsCall) => AwsAnswer>) {
  const calls: AwsCall[] = [];
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('');
    const call = { action: actionOf(request, body), body, origin: `http://${request.headers.host}` };
    calls.push(call);
    const answer =
      answers[call.action]?.(call) ?? new Error(`AccessDenied: ${call.action} is not on the list`);
    const isJson = typeof answer === 'object' && !(answer instanceof Error);
    const type = isJson || request.headers['x-amz-target'] ? 'application/json' : 'text/xml';
    response.writeHead(answer instanceof Error ? 400 : 200, { 'content-type': type });
    response.end(answer instanceof Error ? refusal(answer, type) : isJson ? JSON.stringify(answer) : answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    calls,
    environment: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'stand-in',
      AWS_SECRET_ACCESS_KEY: 'stand-in',
    },
    close: () => server.close(),
  };
}

function actionOf({ method, url = '', headers }: IncomingMessage, body: string): string {
  const target = String(headers['x-amz-target'] ?? '').split('.')[1];
  return target ?? new URLSearchParams(body).get('Action') ?? `${method} ${url.split('?')[0]}`;
}

/** An error in the protocol of the request: its name stands before the colon. */
function refusal({ message }: Error, type: string): string {
  const [code = '', text = ''] = message.split(/: (.*)/s);
  if (type === 'application/json') return JSON.stringify({ __type: code, message: text });
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${text}</Message></Error></ErrorResponse>`;
}
