import { JwtVerifier } from 'aws-jwt-verify';
import { FetchError, JwtBaseError } from 'aws-jwt-verify/error';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { decomposeUnverifiedJwt } from 'aws-jwt-verify/jwt';
import { acceptedClaims, type Claims, TOKEN_BYTES } from '../../domain/access/token-policy.ts';

export interface Verifier {
  /**
   * Returns the claims of a token that the issuer signed for this service and that is valid now, otherwise undefined.
   *
   * @throws FetchError if the issuer's keys can't be fetched, which is not the caller's fault
   */
  verify(token: string): Promise<Claims | undefined>;
}

/** Verifies tokens of the issuer that the stack sets in the environment. */
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
      if (token.length > TOKEN_BYTES) return undefined;
      try {
        const payload = await verifier.verify(token);
        return acceptedClaims(decomposeUnverifiedJwt(token).header, payload, new Date());
      } catch (error) {
        if (error instanceof JwtBaseError && !(error instanceof FetchError)) return undefined;
        throw error;
      }
    },
  };
}

/** Replaces the library's own fetcher, which accepts `https:` only: the issuer on a laptop has no certificate. */
async function fetchBytes(uri: string): Promise<ArrayBuffer> {
  const response = await fetch(uri, { signal: AbortSignal.timeout(3000) }).catch((error) => {
    throw new FetchError(uri, String(error));
  });
  if (!response.ok) throw new FetchError(uri, `HTTP ${response.status}`);
  return response.arrayBuffer();
}
