import * as z from 'zod';

/** Longest token that is looked at. API Gateway takes 10,240 bytes for all headers together. */
export const TOKEN_BYTES = 8192;

const LIFETIME_SECONDS = 24 * 3600;
/** How far the issuer's clock may be ahead of ours. */
const CLOCK_SKEW_SECONDS = 60;

/**
 * The header (RFC 7515, 4.1): signed by a public key, and nothing in it that must be understood and is not. A `typ`
 * that names something else than a token for an API, such as a logout token, is refused (RFC 8725, 3.11).
 */
const Header = z.looseObject({
  alg: z.enum(['RS256', 'ES256']),
  typ: z.stringFormat('a JWT', /^(application\/)?(at\+)?jwt$/i).optional(),
  crit: z.undefined().optional(),
});

/** The claims that count here, whatever else there is. */
const Claims = z.looseObject({
  sub: z.string().min(1).max(128),
  iat: z.number(),
  exp: z.number(),
  /** Cognito says which of its tokens this is: the API takes the one that carries the groups and the patient number. */
  token_use: z.literal('id').optional(),
});
export type Claims = z.infer<typeof Claims>;

/**
 * The claims of a token, if it keeps to what we ask beyond a right signature, issuer, audience and time: aws-jwt-verify
 * takes tokens without expiry, for years, from the future, or of nobody.
 */
export function acceptedClaims(header: unknown, payload: unknown, now: Date): Claims | undefined {
  const claims = Claims.safeParse(payload);
  if (!Header.safeParse(header).success || !claims.success) return undefined;
  const { iat, exp } = claims.data;
  const issuedInFuture = iat * 1000 > now.getTime() + CLOCK_SKEW_SECONDS * 1000;
  return issuedInFuture || exp - iat > LIFETIME_SECONDS ? undefined : claims.data;
}
