import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { backOffMs } from '../domain/back-off.ts';
import { type SignedUpload, SignedUrls } from './signed-urls.ts';

const ATTEMPTS = 3;

interface NewObject {
  bytes: Uint8Array;
  mimeType: string;
  /** As in `Crc32`: S3 refuses bytes that have another. */
  crc32: string;
}

/** An object that takes the place of another under its key. */
interface Replacement {
  bytes: Uint8Array;
  mimeType: string;
  variant: string;
}

/** Where S3 keeps, and gives back, which one of several an object is. */
export const VARIANT_HEADER = 'x-amz-meta-variant';

type Signed = Pick<SignedUpload, 'url' | 'headers'>;

/** Writes small objects: signed requests over plain HTTP, so that a function that takes in files carries no S3 client. */
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
    // 412: it is there (S3 API reference, PutObject, If-None-Match).
    await this.#send('PUT', key, signed, [200, 412], bytes);
  }

  /** Stores the bytes under a key, whatever was there. `variant` is kept with them, and given back by S3 in a header. */
  async replace(key: string, { bytes, mimeType, variant }: Replacement): Promise<void> {
    const headers = { 'content-type': mimeType, [VARIANT_HEADER]: variant };
    await this.#send('PUT', key, await this.#urls.own('PUT', key, headers, new Date()), [200], bytes);
  }

  /** Deletes an object; one that is not there is none to delete. */
  async delete(key: string): Promise<void> {
    await this.#send('DELETE', key, await this.#urls.own('DELETE', key, {}, new Date()), [204]);
  }

  async #send(
    method: 'PUT' | 'DELETE',
    key: string,
    { url, headers }: Signed,
    good: readonly number[],
    bytes?: Uint8Array,
  ): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        const status = await send(method, new URL(url), headers, bytes);
        if (good.includes(status)) return;
        // 409: another request for it is under way; S3 asks to try again.
        if ((status < 500 && status !== 409) || attempt === ATTEMPTS)
          throw new Error(`S3 answered ${status} to the ${method} of ${key}`);
      } catch (error) {
        if (attempt === ATTEMPTS || !(error as NodeJS.ErrnoException).code) throw error;
      }
      await sleep(backOffMs(attempt, 200, 1000));
    }
  }
}

function send(method: string, url: URL, given: Signed['headers'], bytes?: Uint8Array): Promise<number> {
  const { request } = url.protocol === 'http:' ? http : https;
  const headers = { ...given, ...(bytes && { 'content-length': bytes.length }) };
  return new Promise((resolve, reject) => {
    request(url, { method, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0)).on('error', reject);
    })
      .on('error', reject)
      .end(bytes);
  });
}
