import { setTimeout as sleep } from 'node:timers/promises';

/** Long enough for some hundred images, and short for a person who waits. */
const WAIT_MS = 5000;

/**
 * Waits until the work is done, but not long: what is left is done by a function that the table's stream invokes. So the answer to
 * a request about thousands of images comes before API Gateway's timeout.
 */
export async function waitShortly(work: Promise<unknown>, milliseconds = WAIT_MS): Promise<void> {
  const stop = new AbortController();
  // A failure after that time is that of the other function, too, which repeats the work.
  work.catch(() => {});
  try {
    await Promise.race([work, sleep(milliseconds, undefined, { signal: stop.signal })]);
  } finally {
    stop.abort();
  }
}
