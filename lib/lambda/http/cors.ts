import { environment } from '../environment.ts';

/** The response headers that pages of other origins may read, in addition to those that CORS always allows. */
const EXPOSED = ['content-disposition', 'content-length', 'retry-after', 'warning', 'x-request-id'];

/** The request headers that such a page may send (Fetch standard, "CORS-preflight request"). */
const REQUEST_HEADERS = ['accept', 'authorization', 'content-type', 'range', 'x-api-key'];

/** The methods that such a page may use: it deletes nothing. */
const METHODS = new Set(['GET', 'HEAD', 'POST']);

/**
 * The headers that let a page of that origin read the response (Fetch standard, "CORS protocol"). The page itself sets
 * the token in a header; there are no cookies. So a response that any origin can read reveals nothing more.
 */
export function crossOriginHeaders(origin: string | undefined): Record<string, string> {
  const allowed = environment.allowedOrigins;
  if (allowed.length === 0) return {};
  const answered = allowed.includes('*') ? '*' : allowed.find((each) => each === origin);
  return {
    ...(answered !== '*' && { vary: 'Origin' }),
    ...(answered && {
      'access-control-allow-origin': answered,
      'access-control-expose-headers': EXPOSED.join(', '),
    }),
  };
}

/** The headers of the response to a preflight request; `methods` are those of the path. */
export function preflightHeaders(
  origin: string | undefined,
  methods: readonly string[],
): Record<string, string> {
  const headers = crossOriginHeaders(origin);
  // Without an allowed origin, the browser does not send the request.
  if (!headers['access-control-allow-origin']) return headers;
  return {
    ...headers,
    'access-control-allow-methods': methods.filter((method) => METHODS.has(method)).join(', '),
    'access-control-allow-headers': REQUEST_HEADERS.join(', '),
    'access-control-max-age': '86400',
  };
}
