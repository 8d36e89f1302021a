import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { loseAnswer } from '../faults/broken-answer.ts';
import type { Faults } from '../faults/faults.ts';
import type { Principals } from '../iam/principals.ts';
import { verifySignature } from '../iam/sigv4.ts';
import { readBody } from '../request-body.ts';
import { accountId, region } from '../template.ts';
import type { Queues } from './queues.ts';

/** SQS quotas, "Message size". */
const requestLimitBytes = 1024 * 1024;

const Input = z.object({
  QueueUrl: z.string(),
  MessageBody: z.string().default(''),
  ReceiptHandle: z.string().default(''),
  VisibilityTimeout: z.int().min(0).max(43_200).default(0),
  MaxNumberOfMessages: z.int().min(1).max(10).default(1),
});
type Input = z.infer<typeof Input>;

/** An SQS error, with the name that the SDK expects. */
class SqsError extends Error {}

/**
 * The queues under `/local/sqs` in SQS's JSON protocol, for callers with the permission; only the operations that the
 * service needs.
 */
export class SqsApi {
  readonly #queues: Queues;
  readonly #principals: Principals;
  readonly #faults: Faults;
  readonly #actions: Record<string, (queueArn: string, input: Input) => object>;

  constructor(queues: Queues, principals: Principals, faults: Faults) {
    this.#queues = queues;
    this.#principals = principals;
    this.#faults = faults;
    this.#actions = {
      SendMessage: (queueArn, { MessageBody }) => ({
        MessageId: queues.send(queueArn, MessageBody),
        MD5OfMessageBody: md5(MessageBody),
      }),
      ReceiveMessage: (queueArn, { MaxNumberOfMessages }) => ({
        Messages: queues.receive(queueArn, MaxNumberOfMessages).map(({ id, body, receive_count }) => ({
          MessageId: id,
          ReceiptHandle: `${id}/${receive_count}`,
          Body: body,
          MD5OfBody: md5(body),
        })),
      }),
      GetQueueAttributes: (queueArn) => {
        const { waiting, hidden } = queues.statusOf(queueArn);
        return {
          Attributes: {
            ApproximateNumberOfMessages: String(waiting),
            ApproximateNumberOfMessagesNotVisible: String(hidden),
          },
        };
      },
      ChangeMessageVisibility: (queueArn, { ReceiptHandle, VisibilityTimeout }) => {
        const [id = '', receives] = ReceiptHandle.split('/');
        if (queues.changeVisibility(queueArn, id, Number(receives), VisibilityTimeout)) return {};
        throw new SqsError('MessageNotInflight');
      },
    };
  }

  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const body = await readBody(request, requestLimitBytes);
    try {
      const result = this.#run(request, response, url, body);
      if (result) answer(response, 200, result);
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      answer(response, 400, { __type: `com.amazonaws.sqs#${error.message}`, message: error.message });
    }
  }

  /** The result of a call; undefined if its caller was killed before. */
  #run(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    body: Buffer | undefined,
  ): object | undefined {
    if (!body) throw new SqsError('InvalidMessageContents');
    const signer = signerOf(request, url, body, this.#principals);
    const action = String(request.headers['x-amz-target'] ?? '').replace(/^AmazonSQS\./, '');
    const input = Input.safeParse(JSON.parse(body.toString('utf8')));
    const run = this.#actions[action];
    if (!run || !input.success) throw new SqsError('InvalidParameterValue');
    const queueArn = `arn:aws:sqs:${region}:${accountId}:${input.data.QueueUrl.split('/').at(-1)}`;
    if (!this.#principals.may(signer, { action: `sqs:${action}`, resource: queueArn }))
      throw new SqsError('AccessDeniedException');
    if (!this.#queues.has(queueArn)) throw new SqsError('QueueDoesNotExist');
    const fault =
      this.#faults.any &&
      this.#faults.of({
        service: 'sqs',
        action,
        functionId: this.#principals.functionIdOf(signer),
        userAgent: request.headers['user-agent'],
        queue: queueArn,
      });
    if (fault && fault.name === 'kill-before') {
      fault.kill();
      return undefined;
    }
    if (fault) loseAnswer(response, fault.name === 'kill-after' ? fault.kill : undefined);
    return run(queueArn, input.data);
  }
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

function signerOf(request: IncomingMessage, url: URL, body: Buffer, principals: Principals): string {
  const digest = createHash('sha256').update(body).digest('hex');
  if (request.headers['x-amz-content-sha256'] !== digest) throw new SqsError('InvalidSignature');
  try {
    return verifySignature(request, url, principals, 'sqs');
  } catch {
    throw new SqsError('InvalidSignature');
  }
}

function answer(response: ServerResponse, statusCode: number, value: object) {
  response.writeHead(statusCode, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(value));
}
