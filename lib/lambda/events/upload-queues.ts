import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

/** The event functions that check uploads. */
export type UploadQueue = 'make-thumbnail' | 'ingest-dicom';

/** Sends messages about uploads to the queues that S3 sends them to. */
export class UploadQueues {
  readonly #urls: Readonly<Record<UploadQueue, string>>;
  // TLS and the request's signature already protect the integrity of messages.
  readonly #client = new SQSClient({ md5: false });

  constructor(urls: Readonly<Record<UploadQueue, string>>) {
    this.#urls = urls;
  }

  /** Sends the message that S3 sends for a created object (S3 user guide, "Event message structure"). */
  async send(queue: UploadQueue, key: string): Promise<void> {
    const message = { Records: [{ s3: { object: { key } } }] };
    await this.#client.send(
      new SendMessageCommand({ QueueUrl: this.#urls[queue], MessageBody: JSON.stringify(message) }),
    );
  }
}
