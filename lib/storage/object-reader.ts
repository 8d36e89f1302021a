import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { backOffMs } from '../domain/back-off.ts';
import { SignedUrls } from './signed-urls.ts';

/** First and last byte, both included (RFC 9110, 14.1.2). */
export interface ByteRange {
  first: number;
  last: number;
}

const ATTEMPTS = 3;

/**
 * Reads objects as streams: signed URLs over plain HTTP, so that a function that only reads carries no S3 client.
 */
export class ObjectReader {
  readonly #urls: SignedUrls;
  readonly #agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true }),
  };

  constructor(bucket: string) {
    this.#urls = new SignedUrls(bucket);
  }

  /**
   * The object's bytes; the stream fails if they end early.
   *
   * @throws Error where S3 has no such object or, after three attempts, no answer
   */
  async read(key: string, range?: ByteRange): Promise<http.IncomingMessage> {
    const response = await this.#ask(key, range);
    if (response.statusCode === (range ? 206 : 200)) return response;
    response.resume();
    throw new Error(`S3 answered ${response.statusCode} for ${key}`);
  }

  /** The object's bytes as above, or undefined where there is none. */
  async find(key: string): Promise<http.IncomingMessage | undefined> {
    const response = await this.#ask(key);
    if (response.statusCode === 200) return response;
    response.resume();
    if (isMissing(response)) return undefined;
    throw new Error(`S3 answered ${response.statusCode} for ${key}`);
  }

  /** S3's answer, asked for again where it is none. */
  async #ask(key: string, range?: ByteRange): Promise<http.IncomingMessage> {
    const { url } = await this.#urls.download({ key }, 60, new Date());
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await this.#get(new URL(url), range);
        if ((response.statusCode ?? 0) < 500 || attempt === ATTEMPTS) return response;
        response.resume();
      } catch (error) {
        // Nothing of the object has been passed on yet, so that asking again is safe.
        if (attempt === ATTEMPTS || !(error as NodeJS.ErrnoException).code) throw error;
      }
      await sleep(backOffMs(attempt, 200, 1000));
    }
  }

  /** Whether there is such an object, of one byte at least. */
  async has(key: string): Promise<boolean> {
    const { url } = await this.#urls.download({ key }, 60, new Date());
    const response = await this.#get(new URL(url), { first: 0, last: 0 });
    response.resume();
    if (response.statusCode === 206) return true;
    if (isMissing(response)) return false;
    throw new Error(`S3 answered ${response.statusCode} for ${key}`);
  }

  #get(url: URL, range: ByteRange | undefined): Promise<http.IncomingMessage> {
    const protocol = url.protocol as 'http:' | 'https:';
    const headers = range && { range: `bytes=${range.first}-${range.last}` };
    return new Promise((resolve, reject) => {
      (protocol === 'http:' ? http : https)
        .get(url, { agent: this.#agents[protocol], ...(headers && { headers }) }, resolve)
        .on('error', reject);
    });
  }
}

/** Who may not list a bucket is told 403 of what is not there (S3 API reference, GetObject). */
const isMissing = ({ statusCode }: http.IncomingMessage) => statusCode === 404 || statusCode === 403;
