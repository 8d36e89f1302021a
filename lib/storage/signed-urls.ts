import { fromEnv } from '@aws-sdk/credential-provider-env';
import { S3RequestPresigner } from '@aws-sdk/s3-request-presigner';
import { Hash } from '@smithy/hash-node';

/** A PUT that S3 accepts once, and only with exactly these headers and this length. */
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
  /** Response headers that S3 sends instead of the stored ones. */
  contentDisposition?: string;
  contentType?: string;
}

/**
 * Download URLs are signed for the start of a window, so that repeated lists have the same URLs and browsers can use their
 * cache. A window is a part of the lifetime: a URL lives at least two thirds of it after it was given out.
 */
const WINDOWS_PER_LIFETIME = 3;

/**
 * Signs S3 URLs (Signature Version 4, query form: S3 API reference, "Authenticating Requests: Using Query Parameters").
 *
 * It does not use the S3 client, which adds 100 KiB to the bundle and does not sign the required headers: a PUT must
 * bind its length, type and checksum, and that no object exists yet. A URL expires with the credentials that signed it,
 * whatever its own expiry: see `SignedUrlSeconds`.
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

  /** A request that this function sends immediately. Only its own permissions limit it. */
  async own(method: 'PUT' | 'DELETE', key: string, headers: Record<string, string>, now: Date) {
    const bound = new Set([...Object.keys(headers), 'host']);
    const options = { expiresIn: 60, signingDate: now, signableHeaders: bound, unhoistableHeaders: bound };
    return { url: await this.#sign(method, key, headers, {}, options), headers };
  }

  /** Returns a URL for one object that expires in at most `expiresIn` seconds, and in at least two thirds of them. */
  async download({ key, contentDisposition, contentType }: Download, expiresIn: number, now: Date) {
    // S3 knows whole seconds.
    const windowMs = Math.ceil(expiresIn / WINDOWS_PER_LIFETIME) * 1000;
    const signingDate = new Date(Math.floor(now.getTime() / windowMs) * windowMs);
    const query = {
      ...(contentDisposition && { 'response-content-disposition': contentDisposition }),
      ...(contentType && { 'response-content-type': contentType }),
    };
    const url = await this.#sign('GET', key, {}, query, { expiresIn, signingDate });
    return { url, expiresAt: new Date(signingDate.getTime() + expiresIn * 1000).toISOString() };
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
