import { JwtVerifier } from 'aws-jwt-verify';
import { FetchError, JwtBaseError } from 'aws-jwt-verify/error';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';

/** What of a verified token counts here. */
interface VerifiedClaims {
  sub: string;
  /** Seconds since 1970. */
  exp: number;
  [claim: string]: unknown;
}

export interface Verifier {
  /**
   * The claims of a token that the issuer signed for us and that is valid now; undefined for any other.
   *
   * @throws FetchError where the issuer's keys can't be had: not the caller's fault
   */
  verify(token: string): Promise<VerifiedClaims | undefined>;
}

/** Verifies tokens of the one issuer that the stack names in the environment. */
export function connectVerifier(): Verifier {
  const {
    TOKEN_ISSUER: issuer = '',
    TOKEN_AUDIENCE: audience = '',
    TOKEN_JWKS_URI: jwksUri = '',
  } = process.env;
  const verifier = JwtVerifier.create(
    { issuer, audience, jwksUri },
    { jwksCache: new SimpleJwksCache({ fetcher: { fetch: fetchBytes } }) },
  );
  return {
    verify: async (token) => {
      try {
        const { sub, exp, ...claims } = await verifier.verify(token);
        // The library takes a token that never expires, or is nobody's.
        return typeof sub === 'string' && typeof exp === 'number' ? { ...claims, sub, exp } : undefined;
      } catch (error) {
        if (error instanceof JwtBaseError && !(error instanceof FetchError)) return undefined;
        throw error;
      }
    },
  };
}

/** As the library's own, which takes `https:` only: the issuer on a laptop has no certificate. */
async function fetchBytes(uri: string): Promise<ArrayBuffer> {
  const response = await fetch(uri, { signal: AbortSignal.timeout(3000) }).catch((error) => {
    throw new FetchError(uri, String(error));
  });
  if (!response.ok) throw new FetchError(uri, `HTTP ${response.status}`);
  return response.arrayBuffer();
}
