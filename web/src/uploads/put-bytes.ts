import type { Signed } from './upload-record.ts';

/** After this long without a byte, a connection is taken for dead. */
const STALL_MS = 30_000;

/**
 * What became of the bytes. `there`: they have arrived, now or before. `unsigned`: the leave has ended. `refused`: they
 * are others than was said. `lost`: nobody knows; to be tried again.
 */
export type PutOutcome = 'there' | 'unsigned' | 'refused' | 'lost' | 'aborted';

/** Sends bytes by a signed URL. Not by `fetch`, which says nothing of how far it is. */
export function putBytes(
  file: Blob,
  { url, headers }: Signed,
  onProgress: (sent: number) => void,
  signal: AbortSignal,
): Promise<PutOutcome> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    let stalled: ReturnType<typeof setTimeout>;
    const alive = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), STALL_MS);
    };
    const end = (outcome: PutOutcome) => {
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
    request.onload = () => end(outcomeOf(request.status));
    request.onerror = () => end('lost');
    request.onabort = () => end(signal.aborted ? 'aborted' : 'lost');
    request.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    alive();
    request.send(file);
  });
}

function outcomeOf(status: number): PutOutcome {
  // 412: the URL makes an object and replaces none, so that the bytes were there before.
  if ((status >= 200 && status < 300) || status === 412) return 'there';
  if (status === 403) return 'unsigned';
  return status === 400 ? 'refused' : 'lost';
}
