/**
 * The meaning of S3's response to a presigned PUT. `stored`: the object exists. `expired`: a new URL is needed. `refused`: the
 * bytes do not match the declared ones. `lost`: the connection failed. `unable`: the store failed. After the last two, the
 * client sends the bytes again.
 */
export type PutOutcome = 'stored' | 'expired' | 'refused' | 'lost' | 'unable';

const OTHER_BYTES = [
  'BadDigest',
  'InvalidDigest',
  'XAmzContentSHA256Mismatch',
  'XAmzContentChecksumMismatch',
];
const EXPIRED_CREDENTIALS = ['ExpiredToken', 'InvalidToken'];
const TOO_SLOW = ['RequestTimeout', 'IncompleteBody'];

/** Determines the outcome by the status and the XML (S3 API reference, "Error responses": most of these are 400). */
export function putOutcome(status: number, body: string): PutOutcome {
  // 412: the URL creates an object and never replaces one. So an earlier attempt succeeded and its response was lost.
  if ((status >= 200 && status < 300) || status === 412) return 'stored';
  const [, code = ''] = /<Code>(\w+)</.exec(body) ?? [];
  // The credentials that signed the URL may expire before the URL does.
  if (status === 403 || EXPIRED_CREDENTIALS.includes(code)) return 'expired';
  if (OTHER_BYTES.includes(code)) return 'refused';
  return TOO_SLOW.includes(code) ? 'lost' : 'unable';
}
