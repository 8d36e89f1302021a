import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

/**
 * An error response of S3 to a request that was sent without the SDK. It has the shape of the SDK's own errors, so that
 * the SDK's classification of errors applies to it: the code in S3's XML is its name (S3 API reference, "Error
 * responses").
 */
export class S3Refusal extends Error {
  declare readonly cause?: Error;
  readonly $metadata: { httpStatusCode: number };
  readonly $retryable?: { throttling: boolean };

  constructor(request: { method: string; key: string }, status: number, code = 'UnknownError') {
    super(`S3 answered ${status} to the ${request.method} of ${request.key}`);
    this.name = code;
    this.$metadata = { httpStatusCode: status };
    // A concurrent request for the object is in progress; S3 asks to try again.
    if (status === 409) this.$retryable = { throttling: false };
  }
}

/** Reads the body of an error response, which is small. A body that can't be read only leaves the code unknown. */
export async function readRefusal(request: { method: string; key: string }, response: IncomingMessage) {
  const body = await text(response).catch(() => '');
  const [, code] = /<Code>([\w.]+)</.exec(body) ?? [];
  return new S3Refusal(request, response.statusCode ?? 0, code);
}
