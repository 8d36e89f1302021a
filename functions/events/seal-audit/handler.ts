import { AuditEvent } from '../../../lib/domain/audit/audit-event.ts';
import { auditSegments, now } from '../../../lib/lambda/dependencies.ts';
import { type Change, serveChangeBatches } from '../../../lib/lambda/events/serve-change-batches.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { trigger } from './trigger.ts';

type Deps = Needs<{ auditSegments: 'append' }, 'now'>;

/** A repeated batch makes a second segment with the same events, which is harmless: no event is missing. */
export async function handle(changes: readonly Change[], { auditSegments, now }: Deps) {
  const sealed = changes.map(({ kind, item }) => ({ kind, event: AuditEvent.safeParse(item).data ?? item }));
  await auditSegments.append(sealed, now());
}

export const handler = serveChangeBatches(trigger, handle, { auditSegments, now });
