import * as z from 'zod';

/** Longest token that is verified. API Gateway accepts 10,240 bytes for all headers together. */
export const TOKEN_BYTES = 8192;

const LIFETIME_SECONDS = 24 * 3600;
/** How far the issuer's clock may be ahead of ours. */
const CLOCK_SKEW_SECONDS = 60;

/**
 * The token's header (RFC 7515, 4.1): signed by a public key, without critical header parameters. A `typ` that names
 * another kind of token, such as a logout token, is refused (RFC 8725, 3.11).
 */
const Header = z.looseObject({
  alg: z.enum(['RS256', 'ES256']),
  typ: z.stringFormat('a JWT', /^(application\/)?(at\+)?jwt$/i).optional(),
  crit: z.undefined().optional(),
});

/** The claims that are checked here. Others are ignored. */
const Claims = z.looseObject({
  sub: z.string().min(1).max(128),
  iat: z.number(),
  exp: z.number(),
  /** Cognito's token type. The API accepts the ID token, because it carries the groups and the patient number. */
  token_use: z.literal('id').optional(),
});
export type Claims = z.infer<typeof Claims>;

/**
 * Returns the claims of a token that meets the requirements beyond signature, issuer, audience and expiry.
 * aws-jwt-verify accepts tokens without an expiry, with a lifetime of years, issued in the future, or without a
 * subject.
 */
export function acceptedClaims(header: unknown, payload: unknown, now: Date): Claims | undefined {
  const claims = Claims.safeParse(payload);
  if (!Header.safeParse(header).success || !claims.success) return undefined;
  const { iat, exp } = claims.data;
  const issuedInFuture = iat * 1000 > now.getTime() + CLOCK_SKEW_SECONDS * 1000;
  return issuedInFuture || exp - iat > LIFETIME_SECONDS ? undefined : claims.data;
}
