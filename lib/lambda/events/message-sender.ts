import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

/** Sends messages to queues. */
export class MessageSender {
  // TLS and the request's signature already protect the integrity of messages.
  readonly #client = new SQSClient({ md5: false });

  async send(QueueUrl: string, MessageBody: string): Promise<void> {
    await this.#client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  }
}
