import { auditHeads, auditReader, auditSegments, now, runReports } from '../../../lib/lambda/dependencies.ts';
import { serveSchedule } from '../../../lib/lambda/events/serve-schedule.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { publishVerdict } from '../../../lib/services/audit/publish-verdict.ts';
import { type Verification, verifyNewLinks } from '../../../lib/services/audit/verify-new-links.ts';
import { trigger } from './trigger.ts';

type Deps = Omit<Verification, 'isOver' | 'oldLinks'> & Needs<{ runReports: 'putVerification' }>;

/** Time to complete what was begun; seconds. */
const RESERVED_SECONDS = 120;
/** Each needs two reads from S3. */
const OLD_LINKS = 20_000;

/** Links that were not verified in one run are verified in the next one. */
export async function handle({ runReports, ...deps }: Deps) {
  const endsAt = Date.now() + (trigger.timeoutSeconds - RESERVED_SECONDS) * 1000;
  const verdict = await verifyNewLinks({ ...deps, oldLinks: OLD_LINKS, isOver: () => Date.now() > endsAt });
  publishVerdict(verdict);
  await runReports.putVerification({
    endedAt: deps.now().toISOString(),
    links: verdict.links,
    verifiedLinks: verdict.head?.number ?? 0,
    faults: verdict.faults.length,
  });
}

export const handler = serveSchedule(trigger, handle, {
  segments: auditSegments,
  heads: auditHeads,
  auditReader,
  now,
  runReports,
});
