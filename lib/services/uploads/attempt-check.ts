import type { CheckAttempts } from '../../data/check-attempts.ts';
import { PermanentFailure } from '../../lambda/events/permanent-failure.ts';

export interface AttemptDeps {
  checkAttempts: Pick<CheckAttempts, 'begin' | 'end'>;
  now: () => Date;
}

/** Enough to tell a file that ends its process from a process that ends by itself. */
const MOST_ATTEMPTS = 3;

/**
 * Checks an upload, unless earlier checks of it ended their processes: its bytes may take more memory or time than the
 * function has.
 *
 * @param upload its key in S3
 * @throws PermanentFailure
 */
export async function attemptCheck<T>(
  upload: string,
  check: () => Promise<T>,
  { checkAttempts, now }: AttemptDeps,
): Promise<T> {
  if ((await checkAttempts.begin(upload, now())) > MOST_ATTEMPTS)
    throw new PermanentFailure(`${MOST_ATTEMPTS} checks of ${upload} ended their processes`);
  try {
    return await check();
  } catch (error) {
    await checkAttempts.end(upload, now());
    throw error;
  }
}
