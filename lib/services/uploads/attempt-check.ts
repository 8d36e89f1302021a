import type { CheckAttempts } from '../../data/check-attempts.ts';
import { PermanentFailure } from '../../lambda/events/permanent-failure.ts';
import type { Turns } from '../../lambda/events/turns.ts';

export interface AttemptDeps {
  checkAttempts: Pick<CheckAttempts, 'begin' | 'beginFirst' | 'end'>;
  now: () => Date;
}

/** Enough to tell a file that ends its process from a process that ends by itself. */
const MOST_ATTEMPTS = 3;

/**
 * Checks an upload, unless earlier checks of it ended their processes: its bytes may take more memory or time than the
 * function has. Of the uploads in a process, nobody knows which one ended it: all of them are checked alone the next time, so that
 * only the one that ends its process again has a further attempt.
 *
 * @param upload its key in S3
 * @throws PermanentFailure
 */
export async function attemptCheck<T>(
  upload: string,
  check: () => Promise<T>,
  { checkAttempts, now }: AttemptDeps,
  turns: Pick<Turns, 'alone'>,
): Promise<T> {
  const unended = await checkAttempts.beginFirst(upload, now());
  if (unended > 0) {
    await turns.alone(unended);
    if ((await checkAttempts.begin(upload, now())) > MOST_ATTEMPTS)
      throw new PermanentFailure(`${MOST_ATTEMPTS} checks of ${upload} ended their processes`);
  }
  try {
    return await check();
  } catch (error) {
    await checkAttempts.end(upload, now());
    throw error;
  }
}
