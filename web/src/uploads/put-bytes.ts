import type { Signed } from './upload-record.ts';

/** After this long without a byte, a connection is taken for dead. */
const STALL_MS = 30_000;

/**
 * What became of the bytes. `there`: they have arrived, now or before. `unsigned`: the leave has ended. `refused`: they
 * are others than was said. `lost`: nobody knows. `unable`: the store has a trouble of its own. Of the last two the
 * bytes are to be sent again.
 */
export type PutOutcome = 'there' | 'unsigned' | 'refused' | 'lost' | 'unable' | 'aborted';

/** Sends bytes by a signed URL. Not by `fetch`, which says nothing of how far it is. */
export function putBytes(
  file: Blob,
  { url, headers }: Pick<Signed, 'url' | 'headers'>,
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
    request.onload = () => end(outcomeOf(request.status, request.responseText));
    request.onerror = () => end('lost');
    request.onabort = () => end(signal.aborted ? 'aborted' : 'lost');
    request.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    alive();
    request.send(file);
  });
}

/** By which S3 says that the bytes are not those that were announced. */
const OTHER_BYTES = /<Code>(BadDigest|InvalidDigest|XAmzContentSHA256Mismatch|XAmzContentChecksumMismatch)</;
/** The credentials that signed have ended, which S3 says by 400. */
const NO_LEAVE = /<Code>(ExpiredToken|InvalidToken)</;
/** The network was too slow, or brought a part only. */
const TOO_SLOW = /<Code>(RequestTimeout|IncompleteBody)</;

function outcomeOf(status: number, answer: string): PutOutcome {
  // 412: the URL makes an object and replaces none, so that the bytes were there before.
  if ((status >= 200 && status < 300) || status === 412) return 'there';
  if (status === 403 || NO_LEAVE.test(answer)) return 'unsigned';
  if (OTHER_BYTES.test(answer)) return 'refused';
  return TOO_SLOW.test(answer) ? 'lost' : 'unable';
}
