import type { Operation } from '../../api/operation.ts';
import { requireSettings } from '../environment.ts';
import type { Middleware } from '../http/response.ts';

/** Checks once that all settings of the operation are there, before its first request has any effect. */
export function settingsMiddleware(operation: Operation): Middleware {
  let areThere = false;
  return {
    before: () => {
      if (!areThere) requireSettings(operation);
      areThere = true;
    },
  };
}
