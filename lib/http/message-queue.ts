import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

/** A quarter of an hour. */
const LONGEST_WAIT_SECONDS = 900;

/** Two seconds after the first time, so that a hiccup costs nobody much, and twice as long after each other one. */
export const waitSeconds = (receives: number): number => Math.min(2 ** receives, LONGEST_WAIT_SECONDS);

/** The queue whose messages a function gets, as far as the function itself says what becomes of them. */
export class MessageQueue {
  readonly #urls: { url: string; deadLettersUrl: string };
  // TLS and the signature see to it that what arrives is what was sent.
  readonly #client = new SQSClient({ md5: false });

  constructor(urls: { url: string; deadLettersUrl: string }) {
    this.#urls = urls;
  }

  /** Has a message come again after so long, and not after the queue's own time. */
  async postpone(ReceiptHandle: string, VisibilityTimeout: number): Promise<void> {
    const { url: QueueUrl } = this.#urls;
    await this.#client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }),
    );
  }

  /** Puts a message among the dead letters, under their alarm, where people find it. */
  async putAside(MessageBody: string): Promise<void> {
    const { deadLettersUrl: QueueUrl } = this.#urls;
    await this.#client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  }
}
