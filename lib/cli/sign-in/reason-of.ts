import { AuthorizationResponseError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';

/** Returns in words why a request to the issuer failed: the issuer's own words if it has any (RFC 6749, 5.2). */
export function reasonOf(error: unknown): string {
  if (error instanceof ResponseBodyError || error instanceof AuthorizationResponseError)
    return error.error_description ?? error.error;
  if (error instanceof WWWAuthenticateChallengeError) {
    const { error_description: description, error: code } = error.cause[0]?.parameters ?? {};
    return description ?? code ?? error.message;
  }
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
