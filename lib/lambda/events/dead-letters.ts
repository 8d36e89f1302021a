import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

/** The dead-letter queue of a function, which has an alarm. */
export class DeadLetters {
  readonly #url: string;
  // TLS and the request's signature already protect the integrity of messages.
  readonly #client = new SQSClient({ md5: false });

  constructor(url: string) {
    this.#url = url;
  }

  async add(MessageBody: string): Promise<void> {
    await this.#client.send(new SendMessageCommand({ QueueUrl: this.#url, MessageBody }));
  }
}
