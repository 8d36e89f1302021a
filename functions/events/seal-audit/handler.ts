import { AuditEvent } from '../../../lib/domain/audit/audit-event.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import { type Change, serveChangeBatches } from '../../../lib/lambda/events/serve-change-batches.ts';
import { AuditSegments } from '../../../lib/storage/audit-segments.ts';
import { trigger } from './trigger.ts';

interface Deps {
  segments: Pick<AuditSegments, 'append'>;
  now: () => Date;
}

/** A batch that comes again makes a second segment with the same events, which is no harm: none is missing. */
export async function handle(changes: readonly Change[], { segments, now }: Deps) {
  const sealed = changes.map(({ kind, item }) => ({ kind, event: AuditEvent.safeParse(item).data ?? item }));
  await segments.append(sealed, now());
}

export const handler = serveChangeBatches(trigger, handle, () => ({
  segments: new AuditSegments(environment.bucketName),
  now: () => new Date(),
}));
