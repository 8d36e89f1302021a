import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { SignedUrls } from './signed-urls.ts';

const ATTEMPTS = 3;

interface NewObject {
  bytes: Uint8Array;
  mimeType: string;
  /** As in `Crc32`: S3 refuses bytes that have another. */
  crc32: string;
}

/**
 * Writes small objects that are not there yet: signed PUTs over plain HTTP, so that a function that takes in files
 * carries no S3 client.
 */
export class ObjectWriter {
  readonly #urls: SignedUrls;

  constructor(bucket: string) {
    this.#urls = new SignedUrls(bucket);
  }

  /**
   * Stores the bytes under a key that stands for them: what is there already is the same, from an attempt whose answer
   * got lost.
   *
   * @throws Error where S3 refuses them or, after three attempts, gives no answer
   */
  async create(key: string, { bytes, ...object }: NewObject): Promise<void> {
    const signed = await this.#urls.upload({ key, bytes: bytes.length, ...object }, 60, new Date());
    for (let attempt = 1; ; attempt++) {
      try {
        const status = await put(new URL(signed.url), signed.headers, bytes);
        // 412: it is there (S3 API reference, PutObject, If-None-Match).
        if (status === 200 || status === 412) return;
        // 409: another PUT of it is under way; S3 asks to try again.
        if ((status < 500 && status !== 409) || attempt === ATTEMPTS)
          throw new Error(`S3 answered ${status} to the PUT of ${key}`);
      } catch (error) {
        if (attempt === ATTEMPTS || !(error as NodeJS.ErrnoException).code) throw error;
      }
      await sleep(Math.random() * 100 * 2 ** attempt);
    }
  }
}

function put(url: URL, headers: Record<string, string>, bytes: Uint8Array): Promise<number> {
  const { request } = url.protocol === 'http:' ? http : https;
  return new Promise((resolve, reject) => {
    const options = { method: 'PUT', headers: { ...headers, 'content-length': bytes.length } };
    request(url, options, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0)).on('error', reject);
    })
      .on('error', reject)
      .end(bytes);
  });
}
