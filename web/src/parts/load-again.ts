import { backOffMs } from '../../../lib/domain/back-off.ts';

/** Over about a minute. */
const ATTEMPTS = 7;

/** Loads code, or what is built beside it. A load that fails, as on a bad network, is repeated. */
export async function loadAgain<T>(load: () => Promise<T>): Promise<T> {
  for (let failures = 1; failures < ATTEMPTS; failures++) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, backOffMs(failures, 1000, 20_000)));
    }
  }
  return load();
}
