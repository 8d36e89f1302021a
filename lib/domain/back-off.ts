/**
 * Returns the milliseconds to wait before the next attempt: exponential back-off with jitter, so that clients which
 * failed together do not retry together.
 *
 * @param failures number of failures so far, from 1
 * @param firstMs longest wait after the first failure
 * @param longestMs longest wait after any failure
 */
export const backOffMs = (failures: number, firstMs: number, longestMs: number): number =>
  // Half of the wait is fixed, so that there is always a pause (AWS Architecture Blog, "Exponential Backoff and
  // Jitter": equal jitter).
  (0.5 + Math.random() / 2) * Math.min(longestMs, firstMs * 2 ** (failures - 1));
