import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { putOutcome } from '../storage/put-outcome.ts';
import { ATTEMPTS, backOff } from './back-off.ts';
import type { FoundFile } from './find-files.ts';
import { readParts } from './read-head.ts';
import type { Target } from './upload-endpoint.ts';

/** A connection without any transferred byte for so long is closed. */
const SILENCE_MS = 60_000;

/** The result of a PUT. `expired`: a new URL is needed. */
export type PutResult = 'stored' | 'expired' | { reason: string };

/** Uploads a file to its signed URL, streaming from the disk. Throws with the reason if all attempts fail. */
export async function sendFile(
  file: FoundFile,
  target: Target,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<PutResult> {
  for (let failures = 1; ; failures++) {
    let reason: string;
    try {
      const { status, body } = await put(file, target, onBytes, signal);
      const outcome = putOutcome(status, body);
      if (outcome === 'stored' || outcome === 'expired') return outcome;
      reason = `the store answered ${status}: ${/<Message>([^<]*)/.exec(body)?.[1] ?? body.slice(0, 200)}`;
      if (outcome === 'refused') return { reason };
    } catch (error) {
      signal.throwIfAborted();
      reason = String(error);
    }
    if (failures === ATTEMPTS) return { reason };
    await backOff(failures, signal);
  }
}

/** Uses `node:http`, because `fetch` sends a stream without Content-Length, or never ends if the length differs. */
async function put(
  file: FoundFile,
  { url, headers }: Target,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
) {
  const request = (url.startsWith('https:') ? httpsRequest : httpRequest)(url, {
    method: 'PUT',
    headers: { ...headers, 'content-length': file.bytes },
    signal,
    timeout: SILENCE_MS,
  });
  request.on('timeout', () => request.destroy(new Error('the connection fell silent')));
  const answered = new Promise<{ status: number; body: string }>((resolve, reject) => {
    request.on('response', (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
    request.on('error', reject);
  });
  // If the store responds before it has read the whole body, the response counts, not the closed connection.
  const [answer] = await Promise.allSettled([answered, pipeline(counted(readParts(file), onBytes), request)]);
  if (answer.status === 'rejected') throw answer.reason;
  return answer.value;
}

/** A part counts when the next one is asked for: the connection has taken it. */
async function* counted(parts: AsyncIterable<Buffer>, onBytes: (bytes: number) => void) {
  for await (const part of parts) {
    yield part;
    onBytes(part.length);
  }
}
