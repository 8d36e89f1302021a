import { INCOMING_DICOM } from '../../storage/object-keys.ts';
import { MessageSender } from './message-sender.ts';

/** The event functions that check uploads. */
export type UploadQueue = 'make-thumbnail' | 'ingest-dicom';

/** The event function that checks the upload with this key. */
export const uploadQueueOf = (key: string): UploadQueue =>
  key.startsWith(INCOMING_DICOM) ? 'ingest-dicom' : 'make-thumbnail';

/** Sends messages about uploads to the queues that S3 sends them to. */
export class UploadQueues {
  readonly #urls: Readonly<Record<UploadQueue, string>>;
  readonly #sender = new MessageSender();

  constructor(urls: Readonly<Record<UploadQueue, string>>) {
    this.#urls = urls;
  }

  /** Sends the message that S3 sends for a created object (S3 user guide, "Event message structure"). */
  async send(queue: UploadQueue, key: string): Promise<void> {
    const message = { Records: [{ s3: { object: { key } } }] };
    await this.#sender.send(this.#urls[queue], JSON.stringify(message));
  }
}
