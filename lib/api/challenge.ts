/**
 * The header of every 401 (RFC 9110, 11.6.1). API keys are no registered scheme, and every operation takes tokens, so there
 * is one challenge. A browser opens no dialog for `Bearer`, as it does for `Basic`.
 *
 * In the cloud, API Gateway's own 401 has it: that of a request without a valid token or key. In the rare one of a function,
 * API Gateway renames it to `x-amzn-remapped-www-authenticate` (developer guide, "Important notes"), and CloudFront runs no
 * function on error responses that could restore its name.
 */
export const CHALLENGE = { 'www-authenticate': 'Bearer realm="Negatoscope"' };

/** The challenge to a request whose token is no longer valid (RFC 6750, 3). */
export const INVALID_TOKEN = {
  'www-authenticate': `${CHALLENGE['www-authenticate']}, error="invalid_token"`,
};
