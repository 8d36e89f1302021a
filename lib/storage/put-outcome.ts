/**
 * What became of a signed PUT. `stored`: the object is there. `expired`: a new URL is needed. `refused`: these bytes are
 * never taken by this URL. `failed`: to be tried again.
 */
export type PutOutcome = 'stored' | 'expired' | 'refused' | 'failed';

/** What is wrong with the connection, though S3 answers 400 to it (S3 API reference, "Error responses"). */
const BROKEN = ['RequestTimeout', 'IncompleteBody'];

/** What S3's answer to a signed PUT means, by its status and its XML. */
export function putOutcome(status: number, body: string): PutOutcome {
  // 412: the URL makes an object and replaces none; an attempt before came through, and its answer did not.
  if ((status >= 200 && status < 300) || status === 412) return 'stored';
  const [, code = ''] = /<Code>(\w+)/.exec(body) ?? [];
  // Of the function that has signed it, the credentials may end before the URL does.
  if (status === 403 || code === 'ExpiredToken') return 'expired';
  if (BROKEN.includes(code) || [408, 409, 429].includes(status)) return 'failed';
  return status >= 400 && status < 500 ? 'refused' : 'failed';
}
