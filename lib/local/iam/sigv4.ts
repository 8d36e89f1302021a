import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import S3Error from '@20minutes/s3rver/lib/models/error.js';
import { region } from '../template.ts';
import type { Principals } from './principals.ts';

const algorithm = 'AWS4-HMAC-SHA256';
const skewMs = 15 * 60 * 1000;
const maxExpirySeconds = 7 * 24 * 60 * 60;

interface Claim {
  accessKeyId: string;
  scope: string[];
  date: string;
  signedHeaders: string[];
  signature: string;
  payloadHash: string;
}

/**
 * Verifies a request's signature (version 4, in the header or the URL) and returns the access key that signed it.
 * s3rver's own check does not serve: it signs other paths than the SDK for buckets, accepts unsigned `x-amz-*` headers,
 * and allows anonymous callers.
 */
export function verifySignature(
  request: IncomingMessage,
  url: URL,
  principals: Principals,
  service: 's3' | 'execute-api' | 'sqs' | 'cognito-idp' = 's3',
): string {
  const query = url.searchParams;
  const authorization = request.headers.authorization;
  if (!authorization && !query.has('X-Amz-Signature')) throw new S3Error('AccessDenied', 'Access Denied');
  const now = principals.clock.now();
  const claim = authorization ? claimOfHeader(request, authorization, now) : claimOfUrl(request, query, now);
  const secret = principals.secretOf(claim.accessKeyId);
  if (secret === undefined) {
    throw new S3Error(
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
      {
        AWSAccessKeyId: claim.accessKeyId,
      },
    );
  }
  checkScope(claim, service);
  checkSignedHeaders(request, claim);
  const expected = Buffer.from(sign(request, url, claim, secret, service));
  const given = Buffer.from(claim.signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) {
    throw new S3Error(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
  }
  return claim.accessKeyId;
}

function claimOfHeader(request: IncomingMessage, authorization: string, now: number): Claim {
  const match =
    /^AWS4-HMAC-SHA256 +Credential=([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})$/.exec(
      authorization,
    );
  if (!match)
    throw new S3Error(
      'AuthorizationHeaderMalformed',
      'The authorization header that you provided is not valid.',
    );
  const [, credential = '', signedHeaders = '', signature = ''] = match;
  const date = String(request.headers['x-amz-date'] ?? '');
  const requestTime = parseDate(date);
  if (requestTime === undefined)
    throw new S3Error('AccessDenied', 'AWS authentication requires a valid x-amz-date header');
  if (Math.abs(now - requestTime) > skewMs) {
    throw new S3Error(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
    );
  }
  const payloadHash = request.headers['x-amz-content-sha256'];
  if (typeof payloadHash !== 'string') {
    throw new S3Error('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  }
  const [accessKeyId = '', ...scope] = credential.split('/');
  return { accessKeyId, scope, date, signedHeaders: signedHeaders.split(';'), signature, payloadHash };
}

function claimOfUrl(request: IncomingMessage, query: URLSearchParams, now: number): Claim {
  const get = (name: string): string => {
    const value = query.get(name);
    if (value === null) {
      throw new S3Error('AuthorizationQueryParametersError', `Query-string authentication requires ${name}.`);
    }
    return value;
  };
  if (get('X-Amz-Algorithm') !== algorithm) {
    throw new S3Error('AuthorizationQueryParametersError', `X-Amz-Algorithm only supports "${algorithm}"`);
  }
  const date = get('X-Amz-Date');
  const signedAt = parseDate(date);
  const expires = Number(get('X-Amz-Expires'));
  if (signedAt === undefined || !(expires >= 0 && expires <= maxExpirySeconds)) {
    throw new S3Error('AuthorizationQueryParametersError', 'X-Amz-Date or X-Amz-Expires is not valid.');
  }
  if (now > signedAt + expires * 1000) throw new S3Error('AccessDenied', 'Request has expired');
  if (now < signedAt - skewMs) throw new S3Error('AccessDenied', 'Request is not yet valid');
  const [accessKeyId = '', ...scope] = get('X-Amz-Credential').split('/');
  const payloadHash =
    query.get('X-Amz-Content-Sha256') ?? request.headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD';
  return {
    accessKeyId,
    scope,
    date,
    signedHeaders: get('X-Amz-SignedHeaders').split(';'),
    signature: get('X-Amz-Signature'),
    payloadHash: String(payloadHash),
  };
}

function checkScope({ scope, date }: Claim, service: string) {
  const expected = [date.slice(0, 8), region, service, 'aws4_request'];
  if (scope.join('/') === expected.join('/')) return;
  throw new S3Error(
    'AuthorizationHeaderMalformed',
    `The credential's scope is wrong; expected ${expected.join('/')} but received ${scope.join('/')}.`,
  );
}

/** S3 refuses unsigned `x-amz-*` headers, because anyone with the URL could add them. */
function checkSignedHeaders(request: IncomingMessage, { signedHeaders }: Claim) {
  const unsigned = Object.keys(request.headers).filter(
    (name) => name.startsWith('x-amz-') && !signedHeaders.includes(name) && name !== 'x-amz-content-sha256',
  );
  if (!signedHeaders.includes('host')) unsigned.push('host');
  if (unsigned.length === 0) return;
  throw new S3Error('AccessDenied', 'There were headers present in the request which were not signed', {
    HeadersNotSigned: unsigned.join(', '),
  });
}

function sign(request: IncomingMessage, url: URL, claim: Claim, secret: string, service: string): string {
  const canonicalPath = (request.url?.split('?')[0] ?? '')
    .split('/')
    // All services except S3 encode the path twice (Signature Version 4, "Create a canonical request").
    .map((part) => (service === 's3' ? encode(decode(part)) : encode(part)))
    .join('/');
  const canonicalQuery = url.search
    .slice(1)
    .split('&')
    .filter(Boolean)
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [encode(decode(name)), encode(decode(value.join('=')))] as const;
    })
    .filter(([name]) => name !== 'X-Amz-Signature')
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map((pair) => pair.join('='))
    .join('&');
  const canonicalHeaders = claim.signedHeaders
    .map(
      (name) => `${name}:${[request.headers[name] ?? ''].flat().join(',').trim().replaceAll(/ +/g, ' ')}\n`,
    )
    .join('');
  const canonicalRequest = [
    request.method,
    canonicalPath,
    canonicalQuery,
    canonicalHeaders,
    claim.signedHeaders.join(';'),
    claim.payloadHash,
  ].join('\n');
  const hash = createHash('sha256').update(canonicalRequest).digest('hex');
  const stringToSign = [algorithm, claim.date, claim.scope.join('/'), hash].join('\n');
  return createHmac('sha256', signingKeyOf(secret, claim.scope)).update(stringToSign).digest('hex');
}

const signingKeys = new Map<string, KeyObject>();

/** The key for the signatures of a day. Its derivation takes longer than a signature. */
function signingKeyOf(secret: string, scope: readonly string[]): KeyObject {
  const name = [secret, ...scope].join('/');
  const known = signingKeys.get(name);
  if (known) return known;
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const derived = createSecretKey(Buffer.from(scope.reduce<string | Buffer>(hmac, `AWS4${secret}`)));
  // There are as many as functions each day.
  if (signingKeys.size >= 1000) signingKeys.clear();
  signingKeys.set(name, derived);
  return derived;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error('InvalidURI', "Couldn't parse the specified URI.");
  }
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function parseDate(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return undefined;
  const [year, month, day, hours, minutes, seconds] = match.slice(1).map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hours, minutes, seconds);
}
