/**
 * Milliseconds to wait before a try after so many failures: at most twice as long each time, and by chance, so that
 * those who failed together do not come again together.
 *
 * @param failures from 1 on
 * @param firstMs at most so long after the first failure
 * @param longestMs at most so long after any
 */
export const backOffMs = (failures: number, firstMs: number, longestMs: number): number =>
  // Half of it is sure, so that there is a pause at all (AWS Architecture Blog, "Exponential Backoff and Jitter": equal jitter).
  (0.5 + Math.random() / 2) * Math.min(longestMs, firstMs * 2 ** (failures - 1));
