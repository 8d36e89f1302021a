import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';

/** 15 minutes. */
const LONGEST_WAIT_SECONDS = 900;

/** The delay before a retry: 2 seconds after the first failure, doubled after each further one. */
export const backoffSeconds = (receives: number): number => Math.min(2 ** receives, LONGEST_WAIT_SECONDS);

/** The queue whose messages a function receives. */
export class MessageQueue {
  readonly #url: string;
  // TLS and the request's signature already protect the integrity of messages.
  readonly #client = new SQSClient({ md5: false });

  constructor(url: string) {
    this.#url = url;
  }

  /** Makes a message visible again after this many seconds instead of the queue's own visibility timeout. */
  async postpone(ReceiptHandle: string, VisibilityTimeout: number): Promise<void> {
    await this.#client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: this.#url, ReceiptHandle, VisibilityTimeout }),
    );
  }
}
