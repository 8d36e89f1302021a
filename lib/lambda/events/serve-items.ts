import type { Trigger } from '../../api/trigger.ts';
import type { Factories } from '../needs.ts';
import { serveItemChanges } from './serve-item-changes.ts';

/** A deleted item as it was before, or a changed item as it is now. */
export type StreamedItem = Record<string, unknown>;

/** The Lambda of a trigger on items of the table: a record that fails is retried together with those after it. */
export const serveItems = <Deps>(
  trigger: Trigger,
  handle: (item: StreamedItem, deps: Deps) => Promise<unknown>,
  needs: Factories<NoInfer<Deps>>,
) =>
  serveItemChanges<Deps>(
    trigger,
    ({ before, after }, deps) => handle(after ?? before ?? {}, deps),
    needs,
    true,
  );
