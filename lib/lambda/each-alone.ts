import { logger } from './http/response.ts';

/** What prevented one item of several. */
export class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/**
 * Does the same with each item, in parallel: what fails for one is written to the log and does not stop the others.
 *
 * @returns the result or the failure of each item, in their order
 * @throws the first error, if all of them failed: then the whole request failed
 */
export async function eachAlone<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<(R | Failure)[]> {
  const outcomes = await Promise.allSettled(items.map(work));
  const failures = outcomes.filter((each) => each.status === 'rejected');
  if (failures.length > 0 && failures.length === items.length) throw failures[0]?.reason;
  for (const { reason } of failures) logger.error('failed for one of several', { error: reason });
  return outcomes.map((each) => (each.status === 'fulfilled' ? each.value : new Failure(each.reason)));
}
