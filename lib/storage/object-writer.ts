import { setTimeout as sleep } from 'node:timers/promises';
import { SignedUrls } from './signed-urls.ts';

const ATTEMPTS = 3;

/** Writes new objects: signed URLs over plain HTTP, so that a function of the API carries no S3 client. */
export class ObjectWriter {
  readonly #urls: SignedUrls;

  constructor(bucket: string) {
    this.#urls = new SignedUrls(bucket);
  }

  /**
   * Stores an object where there is none yet.
   *
   * @throws Error where S3 refuses it or, after three attempts, does not answer
   */
  async create(key: string, bytes: Uint8Array, mimeType: string): Promise<void> {
    const upload = { key, bytes: bytes.length, mimeType };
    const { url, method, headers } = await this.#urls.upload(upload, 60, new Date());
    for (let attempt = 1; ; attempt++) {
      const status = await fetch(url, { method, headers, body: Buffer.from(bytes) }).then(
        async (response) => {
          await response.arrayBuffer();
          return response.status;
        },
        (error) => {
          if (attempt === ATTEMPTS) throw error;
          return 0;
        },
      );
      // It is there already: the attempt before did it, and only its answer was lost.
      if (status === 200 || (status === 412 && attempt > 1)) return;
      if ((status > 0 && status < 500) || attempt === ATTEMPTS) {
        throw new Error(`S3 answered ${status} to the writing of ${key}`);
      }
      await sleep(Math.random() * 100 * 2 ** attempt);
    }
  }
}
