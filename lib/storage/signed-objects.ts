import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { isThrottlingError, isTransientError } from '@smithy/core/retry';
import { backOffMs } from '../domain/back-off.ts';
import { failOnSilence } from './fail-on-silence.ts';
import { readRefusal, S3Refusal } from './s3-refusal.ts';
import { type SignedUpload, SignedUrls } from './signed-urls.ts';

/** First and last byte, both included (RFC 9110, 14.1.2). */
export interface ByteRange {
  first: number;
  last: number;
}

interface NewObject {
  bytes: Uint8Array;
  mimeType: string;
  /** As in `Crc32`: S3 refuses bytes with another checksum. */
  crc32: string;
}

/** An object that replaces the one with the same key. */
interface Replacement {
  bytes: Uint8Array;
  mimeType: string;
  variant: string;
}

/** The metadata header that S3 stores with an object and returns: which of several variants it is. */
export const VARIANT_HEADER = 'x-amz-meta-variant';

const ATTEMPTS = 3;

/** S3 responds in a fraction of a second. Three attempts without a response end before API Gateway's timeout of 29 s. */
const SILENCE_MS = 5000;

const agents = {
  'http:': new http.Agent({ keepAlive: true }),
  'https:': new https.Agent({ keepAlive: true }),
};

/** A signed request to S3. */
interface S3Request extends Pick<SignedUpload, 'url'> {
  method: 'GET' | 'PUT' | 'DELETE';
  key: string;
  headers: Record<string, string>;
  bytes?: Uint8Array;
}

/**
 * Reads and writes objects by signed URLs over plain HTTP, so that the bundle contains no S3 client, which is 100 KiB.
 *
 * A request is repeated after a network error or an error of S3. That is safe until a response has been passed on, because all
 * requests are idempotent.
 */
export class SignedObjects {
  readonly #urls: SignedUrls;
  readonly #silenceMs: number;

  /** @param silenceMs the longest time without a byte from S3, before and during a response; milliseconds */
  constructor(bucket: string, silenceMs = SILENCE_MS) {
    this.#urls = new SignedUrls(bucket);
    this.#silenceMs = silenceMs;
  }

  /**
   * Reads an object. The stream fails if its bytes end early, or stop arriving.
   *
   * @param bytes the length that the whole object must have: whoever announces it must not send an object of another one
   * @throws S3Refusal if the object does not exist, or after three attempts without success
   */
  async read(key: string, range?: ByteRange, bytes?: number): Promise<http.IncomingMessage> {
    const response = await this.#get(key, [range ? 206 : 200], rangeHeader(range));
    const length = lengthOf(response);
    if (bytes === undefined || length === bytes) return response;
    response.destroy();
    throw new Error(`the object ${key} has ${length} bytes; expected ${bytes}`);
  }

  /**
   * Reads an object as `read` does. Returns undefined if it does not exist.
   *
   * @param etag the entity tag that the object must have
   * @throws S3Refusal if it has another one
   */
  async find(key: string, etag?: string): Promise<http.IncomingMessage | undefined> {
    const response = await this.#get(key, [200, ...MISSING], etag ? { 'if-match': `"${etag}"` } : {});
    if (response.statusCode === 200) return response;
    response.resume();
    return undefined;
  }

  /** Whether the object exists and has at least one byte. */
  async has(key: string): Promise<boolean> {
    const response = await this.#get(key, [206, ...MISSING], rangeHeader({ first: 0, last: 0 }));
    response.resume();
    return response.statusCode === 206;
  }

  /**
   * Creates an object. The key must belong to these bytes alone: an existing object is taken for the same one, from an attempt whose
   * response was lost.
   *
   * @throws S3Refusal if S3 refuses the bytes, or after three attempts without success
   */
  async create(key: string, { bytes, ...object }: NewObject): Promise<void> {
    const signed = await this.#urls.upload({ key, bytes: bytes.length, ...object }, 60, new Date());
    // 412: the object exists (S3 API reference, PutObject, If-None-Match).
    await this.#change({ ...signed, key, bytes }, [200, 412]);
  }

  /** Creates or replaces an object. S3 returns its `variant` in `VARIANT_HEADER`. */
  async replace(key: string, { bytes, mimeType, variant }: Replacement): Promise<void> {
    const headers = { 'content-type': mimeType, [VARIANT_HEADER]: variant };
    const signed = await this.#urls.own('PUT', key, headers, new Date());
    await this.#change({ ...signed, method: 'PUT', key, bytes }, [200]);
  }

  /** Deletes an object. A key that does not exist is ignored. */
  async delete(key: string): Promise<void> {
    const signed = await this.#urls.own('DELETE', key, {}, new Date());
    await this.#change({ ...signed, method: 'DELETE', key }, [204]);
  }

  async #get(key: string, good: readonly number[], headers: Record<string, string>) {
    const { url } = await this.#urls.download({ key }, 60, new Date());
    return this.#send({ method: 'GET', key, url, headers }, good);
  }

  async #change(request: S3Request, good: readonly number[]): Promise<void> {
    (await this.#send(request, good)).resume();
  }

  /** Sends a request, up to three times, until the response has one of the statuses in `good`. */
  async #send(request: S3Request, good: readonly number[]): Promise<http.IncomingMessage> {
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await this.#sendOnce(request, attempt === 1);
        if (good.includes(response.statusCode ?? 0)) return response;
        throw await readRefusal(request, response);
      } catch (error) {
        if (attempt === ATTEMPTS || !canPass(error)) throw error;
      }
      await sleep(backOffMs(attempt, 200, 1000));
    }
  }

  #sendOnce({ method, key, url, headers, bytes }: S3Request, isFirst: boolean) {
    const protocol = url.startsWith('http:') ? 'http:' : 'https:';
    const options = {
      method,
      // After a failure a new connection: S3 may have closed several of the kept ones.
      agent: isFirst && agents[protocol],
      headers: { ...headers, ...(bytes && { 'content-length': bytes.length }) },
    };
    return new Promise<http.IncomingMessage>((resolve, reject) => {
      const request = (protocol === 'http:' ? http : https).request(url, options, resolve);
      failOnSilence(request, this.#silenceMs, `S3, asked for the ${method} of ${key},`);
      request.on('error', reject).end(bytes);
    });
  }
}

const rangeHeader = (range?: ByteRange): Record<string, string> =>
  range ? { range: `bytes=${range.first}-${range.last}` } : {};

/** Whether another attempt may succeed. An error without a code is a bug, and no network error. */
const canPass = (error: unknown): boolean =>
  error instanceof S3Refusal
    ? isThrottlingError(error) || isTransientError(error)
    : (error as NodeJS.ErrnoException).code !== undefined;

/** Without permission to list the bucket, S3 responds 403 for a missing object (S3 API reference, GetObject). */
const MISSING = [403, 404];

/** The length of the whole object; of a part, `Content-Range` names it (RFC 9110, 14.4). */
const lengthOf = ({ headers }: http.IncomingMessage): number =>
  Number(headers['content-range']?.split('/').at(-1) ?? headers['content-length']);
