import { fromEnv } from '@aws-sdk/credential-provider-env';
import { S3RequestPresigner } from '@aws-sdk/s3-request-presigner';
import { Hash } from '@smithy/hash-node';

/** A PUT that S3 accepts once, and only with exactly these headers and as many bytes. */
export interface SignedUpload {
  url: string;
  method: 'PUT';
  headers: Record<string, string>;
  expiresAt: string;
}

interface Upload {
  key: string;
  bytes: number;
  mimeType: string;
  /** Base64, as in S3's `x-amz-checksum-crc32`. */
  crc32?: string | undefined;
}

interface Download {
  key: string;
  /** What S3 says of the file in its answer, instead of what was stored with it. */
  contentDisposition?: string;
  contentType?: string;
}

/** Download URLs begin at the start of such a window, so that a list gives the same URLs, and browsers keep what they have. */
const WINDOW_MS = 5 * 60 * 1000;

/**
 * Signs S3 URLs (Signature Version 4, query form: S3 API reference, "Authenticating Requests: Using Query Parameters").
 *
 * Without the S3 client, which is 100 KiB of bundle and signs no header that is not asked for: a PUT has to bind its
 * length, type and checksum, and that nothing is there yet. A URL dies with the credentials that signed it, whatever
 * its expiry says: Lambda's last hours, ours minutes.
 */
export class SignedUrls {
  readonly #presigner: S3RequestPresigner;
  readonly #origin: URL;

  constructor(bucket: string) {
    const region = process.env.AWS_REGION ?? 'us-east-1';
    const endpoint = process.env.AWS_ENDPOINT_URL_S3;
    this.#origin = new URL(
      endpoint ? `${endpoint}/${bucket}/` : `https://${bucket}.s3.${region}.amazonaws.com/`,
    );
    this.#presigner = new S3RequestPresigner({
      region,
      credentials: fromEnv(),
      sha256: Hash.bind(null, 'sha256'),
    });
  }

  async upload({ key, bytes, mimeType, crc32 }: Upload, expiresIn: number, now: Date): Promise<SignedUpload> {
    const headers: Record<string, string> = {
      'content-type': mimeType,
      'if-none-match': '*',
      ...(crc32 && { 'x-amz-checksum-crc32': crc32 }),
    };
    const bound = new Set([...Object.keys(headers), 'content-length', 'host']);
    const url = await this.#sign(
      'PUT',
      key,
      { ...headers, 'content-length': String(bytes) },
      {},
      {
        expiresIn,
        signingDate: now,
        signableHeaders: bound,
        unhoistableHeaders: bound,
      },
    );
    return {
      url,
      method: 'PUT',
      headers,
      expiresAt: new Date(now.getTime() + expiresIn * 1000).toISOString(),
    };
  }

  /** A request that this function itself sends at once: no more than its own rights bind it. */
  async own(method: 'PUT' | 'DELETE', key: string, headers: Record<string, string>, now: Date) {
    const bound = new Set([...Object.keys(headers), 'host']);
    const options = { expiresIn: 60, signingDate: now, signableHeaders: bound, unhoistableHeaders: bound };
    return { url: await this.#sign(method, key, headers, {}, options), headers };
  }

  /** A URL for one object, good for at least `expiresIn` seconds from `now`. */
  async download({ key, contentDisposition, contentType }: Download, expiresIn: number, now: Date) {
    const signingDate = new Date(Math.floor(now.getTime() / WINDOW_MS) * WINDOW_MS);
    const lifetime = expiresIn + WINDOW_MS / 1000;
    const query = {
      ...(contentDisposition && { 'response-content-disposition': contentDisposition }),
      ...(contentType && { 'response-content-type': contentType }),
    };
    const url = await this.#sign('GET', key, {}, query, { expiresIn: lifetime, signingDate });
    return { url, expiresAt: new Date(signingDate.getTime() + lifetime * 1000).toISOString() };
  }

  async #sign(
    method: 'GET' | 'PUT' | 'DELETE',
    key: string,
    headers: Record<string, string>,
    query: Record<string, string>,
    options: Parameters<S3RequestPresigner['presign']>[1],
  ): Promise<string> {
    const { protocol, host, hostname, port, pathname } = this.#origin;
    const request = {
      method,
      protocol,
      hostname,
      ...(port && { port: Number(port) }),
      path: pathname + key,
      query,
      headers: { ...headers, host },
    };
    const signed = await this.#presigner.presign(request, options);
    const url = new URL(signed.path, this.#origin);
    for (const [name, value] of Object.entries(signed.query ?? {})) url.searchParams.set(name, String(value));
    // Encoded as in the signature: URLSearchParams writes a space as `+`.
    url.search = url.search.replaceAll('+', '%20');
    return url.href;
  }
}
