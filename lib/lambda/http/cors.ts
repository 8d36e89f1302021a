import { environment } from '../environment.ts';

/** The response headers that pages of other origins may read, in addition to those that CORS always allows. */
const EXPOSED = ['content-disposition', 'content-length', 'retry-after', 'warning', 'x-request-id'];

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
