import type { Trigger } from '../../api/trigger.ts';
import { logger } from '../http/response.ts';

/** The Lambda of a trigger by the clock. */
export function serveSchedule<Deps>(
  trigger: Trigger,
  handle: (deps: Deps) => Promise<unknown>,
  connect: () => Deps,
) {
  let deps: Deps | undefined;
  return async () => {
    deps ??= connect();
    try {
      await handle(deps);
    } catch (error) {
      logger.error('failed', { trigger: trigger.id, error: error as Error });
      throw error;
    }
  };
}
