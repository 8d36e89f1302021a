import { reconciling } from '../../../lib/lambda/dependencies.ts';
import { serveSchedule } from '../../../lib/lambda/events/serve-schedule.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { Findings } from '../../../lib/services/reconcile/findings.ts';
import { publishFindings } from '../../../lib/services/reconcile/publish-findings.ts';
import { reconcile } from '../../../lib/services/reconcile/reconcile.ts';
import type { Run } from '../../../lib/services/reconcile/run.ts';
import { trigger } from './trigger.ts';

type Deps = Omit<Run, 'findings' | 'retriesFailed' | 'deletesOrphans' | 'isOver'> & Needs<object, 'progress'>;

/** Time to complete what was begun; seconds. */
const RESERVED_SECONDS = 120;

/** What can not be completed in one run continues in the next one. */
export async function handle({ progress, ...deps }: Deps) {
  const findings = new Findings();
  const endsAt = Date.now() + (trigger.timeoutSeconds - RESERVED_SECONDS) * 1000;
  const isOver = () => Date.now() > endsAt;
  await reconcile({ ...deps, findings, retriesFailed: false, deletesOrphans: false, isOver }, progress);
  publishFindings(findings);
}

export const handler = serveSchedule(trigger, handle, reconciling);
