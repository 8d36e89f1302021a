/**
 * Headers of every response, API Gateway's own included. An operation may set other caching headers and another policy.
 */
export const DEFAULT_HEADERS = {
  'cache-control': 'no-store',
  // Responses are data: no browser may run any part of them, whatever type it detects.
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
} as const;
