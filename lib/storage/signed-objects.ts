import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { backOffMs } from '../domain/back-off.ts';
import { failOnSilence } from './fail-on-silence.ts';
import { type SignedUpload, SignedUrls } from './signed-urls.ts';

/** First and last byte, both included (RFC 9110, 14.1.2). */
export interface ByteRange {
  first: number;
  last: number;
}

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

const ATTEMPTS = 3;

/** S3 answers in a fraction of a second: three attempts that hear nothing end before API Gateway gives up after 29 s. */
const SILENCE_MS = 5000;

const agents = {
  'http:': new http.Agent({ keepAlive: true }),
  'https:': new https.Agent({ keepAlive: true }),
};

/** A request as S3 gets it. */
interface S3Request extends Pick<SignedUpload, 'url'> {
  method: 'GET' | 'PUT' | 'DELETE';
  key: string;
  headers: Record<string, string>;
  bytes?: Uint8Array;
}

/**
 * Reads and writes objects by signed URLs over plain HTTP, so that a function carries no S3 client: that is 100 KiB of
 * bundle.
 *
 * A request that fails on the way or on S3's side is sent again: as long as nothing of an answer has been passed on, that
 * is safe, since each of them does the same when it is done twice.
 */
export class SignedObjects {
  readonly #urls: SignedUrls;
  readonly #silenceMs: number;

  /** @param silenceMs how long S3 may be silent, before an answer and in the middle of one */
  constructor(bucket: string, silenceMs = SILENCE_MS) {
    this.#urls = new SignedUrls(bucket);
    this.#silenceMs = silenceMs;
  }

  /**
   * The object's bytes; the stream fails if they end early, or stop coming.
   *
   * @throws Error where S3 has no such object or, after three attempts, no answer
   */
  async read(key: string, range?: ByteRange): Promise<http.IncomingMessage> {
    const response = await this.#get(key, range);
    if (response.statusCode === (range ? 206 : 200)) return response;
    throw refused('GET', key, response);
  }

  /** The object's bytes as above, or undefined where there is none. */
  async find(key: string): Promise<http.IncomingMessage | undefined> {
    const response = await this.#get(key);
    if (response.statusCode === 200) return response;
    if (!isMissing(response)) throw refused('GET', key, response);
    response.resume();
    return undefined;
  }

  /** Whether there is such an object, of one byte at least. */
  async has(key: string): Promise<boolean> {
    const response = await this.#get(key, { first: 0, last: 0 });
    if (response.statusCode !== 206 && !isMissing(response)) throw refused('GET', key, response);
    response.resume();
    return response.statusCode === 206;
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
    await this.#change({ ...signed, key, bytes }, [200, 412]);
  }

  /** Stores the bytes under a key, whatever was there. `variant` is kept with them, and given back by S3 in a header. */
  async replace(key: string, { bytes, mimeType, variant }: Replacement): Promise<void> {
    const headers = { 'content-type': mimeType, [VARIANT_HEADER]: variant };
    const signed = await this.#urls.own('PUT', key, headers, new Date());
    await this.#change({ ...signed, method: 'PUT', key, bytes }, [200]);
  }

  /** Deletes an object; one that is not there is none to delete. */
  async delete(key: string): Promise<void> {
    const signed = await this.#urls.own('DELETE', key, {}, new Date());
    await this.#change({ ...signed, method: 'DELETE', key }, [204]);
  }

  async #get(key: string, range?: ByteRange): Promise<http.IncomingMessage> {
    const { url } = await this.#urls.download({ key }, 60, new Date());
    const headers: Record<string, string> = range ? { range: `bytes=${range.first}-${range.last}` } : {};
    return this.#send({ method: 'GET', key, url, headers });
  }

  async #change(request: S3Request, good: readonly number[]): Promise<void> {
    const response = await this.#send(request);
    if (!good.includes(response.statusCode ?? 0)) throw refused(request.method, request.key, response);
    response.resume();
  }

  /** S3's answer, asked for again where it is none. */
  async #send(request: S3Request): Promise<http.IncomingMessage> {
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await this.#sendOnce(request, attempt === 1);
        const { statusCode = 0 } = response;
        // 409: another request for the object is under way; S3 asks to try again.
        if ((statusCode < 500 && statusCode !== 409) || attempt === ATTEMPTS) return response;
        response.resume();
      } catch (error) {
        // What has no code is a mistake of ours, and no failure of the network.
        if (attempt === ATTEMPTS || !(error as NodeJS.ErrnoException).code) throw error;
      }
      await sleep(backOffMs(attempt, 200, 1000));
    }
  }

  #sendOnce({ method, key, url, headers, bytes }: S3Request, isFirst: boolean) {
    const protocol = url.startsWith('http:') ? 'http:' : 'https:';
    const options = {
      method,
      // After a failure by a connection of its own: of those that are kept, S3 may have closed more than one.
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

/** An answer that is of no use; what it says further is let go. */
function refused(method: string, key: string, response: http.IncomingMessage): Error {
  response.resume();
  return new Error(`S3 answered ${response.statusCode} to the ${method} of ${key}`);
}

/** Who may not list a bucket is told 403 of what is not there (S3 API reference, GetObject). */
const isMissing = ({ statusCode }: http.IncomingMessage) => statusCode === 404 || statusCode === 403;
