/** On every answer, API Gateway's own too; an operation may say something else of caching and of its page. */
export const DEFAULT_HEADERS = {
  'cache-control': 'no-store',
  // What leaves here is data: nothing of it runs, whatever a browser takes it for.
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
} as const;
