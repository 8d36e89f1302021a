import { auditHeads, auditLog, auditSegments, now } from '../../../lib/lambda/dependencies.ts';
import { serveSchedule } from '../../../lib/lambda/events/serve-schedule.ts';
import { publishVerdict } from '../../../lib/services/audit/publish-verdict.ts';
import { type Verification, verifyNewLinks } from '../../../lib/services/audit/verify-new-links.ts';
import { trigger } from './trigger.ts';

type Deps = Omit<Verification, 'isOver' | 'oldLinks'>;

/** Time to complete what was begun; seconds. */
const RESERVED_SECONDS = 120;
/** Each needs two reads from S3. */
const OLD_LINKS = 20_000;

/** Links that were not verified in one run are verified in the next one. */
export async function handle(deps: Deps) {
  const endsAt = Date.now() + (trigger.timeoutSeconds - RESERVED_SECONDS) * 1000;
  publishVerdict(await verifyNewLinks({ ...deps, oldLinks: OLD_LINKS, isOver: () => Date.now() > endsAt }));
}

export const handler = serveSchedule(trigger, handle, {
  segments: auditSegments,
  heads: auditHeads,
  auditLog,
  now,
});
