import type { Trigger } from '../../api/trigger.ts';
import { logger } from '../http/response.ts';
import { connect, type Factories } from '../needs.ts';

/** The Lambda of a trigger that runs on a schedule. */
export function serveSchedule<Deps>(
  trigger: Trigger,
  handle: (deps: Deps) => Promise<unknown>,
  needs: Factories<NoInfer<Deps>>,
) {
  const connected = connect<Deps>(needs);
  return async () => {
    const deps = connected();
    try {
      await handle(deps);
    } catch (error) {
      logger.error('failed', { trigger: trigger.id, error: error as Error });
      throw error;
    }
  };
}
