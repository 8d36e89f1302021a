import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

/** 15 minutes. */
const LONGEST_WAIT_SECONDS = 900;

/** The delay before a retry: 2 seconds after the first failure, doubled after each further one. */
export const backoffSeconds = (receives: number): number => Math.min(2 ** receives, LONGEST_WAIT_SECONDS);

/** The calls by which a function postpones its own messages, or moves them to the dead-letter queue. */
export class MessageQueue {
  readonly #urls: { url: string; deadLettersUrl: string };
  // TLS and the request's signature already protect the integrity of messages.
  readonly #client = new SQSClient({ md5: false });

  constructor(urls: { url: string; deadLettersUrl: string }) {
    this.#urls = urls;
  }

  /** Makes a message visible again after this many seconds instead of the queue's own visibility timeout. */
  async postpone(ReceiptHandle: string, VisibilityTimeout: number): Promise<void> {
    const { url: QueueUrl } = this.#urls;
    await this.#client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }),
    );
  }

  /** Sends a message to the dead-letter queue, which has an alarm. */
  async moveToDeadLetters(MessageBody: string): Promise<void> {
    const { deadLettersUrl: QueueUrl } = this.#urls;
    await this.#client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  }
}
