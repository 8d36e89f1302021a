import { environment } from '../environment.ts';

/** What a page of another origin may read of an answer, beyond its type and its body. */
const EXPOSED = ['content-disposition', 'content-length', 'retry-after', 'warning', 'x-request-id'];

/**
 * The headers by which a browser gives the answer to a page of that origin (Fetch standard, "CORS protocol"). Tokens
 * come in a header of the page's own making, and never as a cookie, so that an answer to any origin tells nobody more.
 */
export function crossOriginHeaders(origin: string | undefined): Record<string, string> {
  const allowed = environment.allowedOrigins;
  const answered = allowed.includes('*') ? '*' : allowed.find((each) => each === origin);
  return {
    ...(answered !== '*' && { vary: 'Origin' }),
    ...(answered && {
      'access-control-allow-origin': answered,
      'access-control-expose-headers': EXPOSED.join(', '),
    }),
  };
}
