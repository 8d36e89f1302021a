/**
 * Headers of what never changes: an hour in the browser of who may see it, and nowhere between. Another person at the same
 * browser has another token, and asks anew.
 */
export const KEPT_BY_BROWSERS = {
  'cache-control': 'private, max-age=3600',
  vary: 'Authorization, Origin',
};
