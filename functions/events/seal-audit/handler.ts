import { auditSegments, now } from '../../../lib/lambda/dependencies.ts';
import { type Change, serveChangeBatches } from '../../../lib/lambda/events/serve-change-batches.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { toSealedChange } from '../../../lib/storage/audit-segments.ts';
import { trigger } from './trigger.ts';

type Deps = Needs<{ auditSegments: 'append' }, 'now'>;

/**
 * A repeated batch makes a second link with the same segment, which is harmless: no event is missing. The table removes
 * items at the end of their time to live by itself.
 */
export async function handle(changes: readonly Change[], { auditSegments, now }: Deps) {
  const sealed = changes
    .filter(({ isExpiry }) => !isExpiry)
    .map(({ kind, item }) => toSealedChange(kind, item));
  if (sealed.length > 0) await auditSegments.append(sealed, now());
}

export const handler = serveChangeBatches(trigger, handle, { auditSegments, now });
