import { type PutOutcome, putOutcome } from '../../../lib/storage/put-outcome.ts';
import type { UploadGrant } from './upload-record.ts';

/** After this time without progress, a connection counts as dead. */
const STALL_MS = 30_000;

/** The result of sending the bytes, or that the user cancelled it. */
export type SendOutcome = PutOutcome | 'aborted';

/** Sends bytes by a signed URL. Uses XMLHttpRequest, because `fetch` reports no upload progress. */
export function putBytes(
  file: Blob,
  { url, headers }: Pick<UploadGrant, 'url' | 'headers'>,
  onProgress: (sent: number) => void,
  signal: AbortSignal,
): Promise<SendOutcome> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve('aborted');
    const request = new XMLHttpRequest();
    let stalled: ReturnType<typeof setTimeout>;
    const alive = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), STALL_MS);
    };
    const end = (outcome: SendOutcome) => {
      clearTimeout(stalled);
      signal.removeEventListener('abort', abort);
      resolve(outcome);
    };
    const abort = () => request.abort();
    signal.addEventListener('abort', abort);
    request.upload.onprogress = ({ loaded }) => {
      alive();
      onProgress(loaded);
    };
    request.onload = () => end(putOutcome(request.status, request.responseText));
    request.onerror = () => end('lost');
    request.onabort = () => end(signal.aborted ? 'aborted' : 'lost');
    request.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    alive();
    request.send(file);
  });
}
