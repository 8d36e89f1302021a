import type { IncomingMessage, ServerResponse } from 'node:http';
import S3Error from '@20minutes/s3rver/lib/models/error.js';
import type { BucketDefinition } from './s3-buckets.ts';

/**
 * Sets the CORS headers of a bucket's rules, also on errors, and responds to a preflight request (then returns true).
 * s3rver's own CORS does not serve: it sets no headers on errors before the bucket is found, and allows `*` for every
 * preflight.
 */
export function applyCors(
  request: IncomingMessage,
  response: ServerResponse,
  bucket: BucketDefinition | undefined,
): boolean {
  const { origin } = request.headers;
  const preflight = request.method === 'OPTIONS';
  const method = request.headers['access-control-request-method'] ?? request.method ?? '';
  const asked = (request.headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (!origin) {
    if (preflight) throw new S3Error('BadRequest', 'Insufficient information. Origin request header needed.');
    return false;
  }
  response.setHeader('vary', 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method');
  const rule = bucket?.corsRules.find(
    ({ AllowedOrigins, AllowedMethods, AllowedHeaders }) =>
      AllowedOrigins.some((pattern) => matches(pattern, origin)) &&
      AllowedMethods.includes(method) &&
      asked.every((name) =>
        AllowedHeaders.some((pattern) => matches(pattern.toLowerCase(), name.toLowerCase())),
      ),
  );
  if (!rule) {
    if (preflight) throw new S3Error('CORSResponse', 'This CORS request is not allowed.');
    return false;
  }
  response.setHeader('access-control-allow-origin', rule.AllowedOrigins.includes('*') ? '*' : origin);
  response.setHeader('access-control-allow-methods', rule.AllowedMethods.join(', '));
  if (rule.ExposedHeaders.length > 0)
    response.setHeader('access-control-expose-headers', rule.ExposedHeaders.join(', '));
  if (rule.MaxAge !== undefined) response.setHeader('access-control-max-age', rule.MaxAge);
  if (!preflight) return false;
  if (asked.length > 0) response.setHeader('access-control-allow-headers', asked.join(', ').toLowerCase());
  response.writeHead(200).end();
  return true;
}

function matches(pattern: string, value: string): boolean {
  const [start = '', end] = pattern.split('*');
  return end === undefined
    ? pattern === value
    : value.length >= start.length + end.length && value.startsWith(start) && value.endsWith(end);
}
