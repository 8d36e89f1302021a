/**
 * Cache headers of immutable content that depends on the caller: the browser may cache it for an hour, shared caches may
 * not. Another user of the same browser sends another token, which `Vary` distinguishes.
 */
export const PRIVATE_CACHE = {
  'cache-control': 'private, max-age=3600',
  vary: 'Authorization, Origin',
};

/** Cache headers of what changes at the same URL: the browser asks each time whether it has the newest one. */
export const PRIVATE_REVALIDATED = { ...PRIVATE_CACHE, 'cache-control': 'private, no-cache' };
