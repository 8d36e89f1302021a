import type { StoredAmount } from '../../../lib/domain/limits/storage-quota.ts';
import { reconciling, runReports } from '../../../lib/lambda/dependencies.ts';
import { serveSchedule } from '../../../lib/lambda/events/serve-schedule.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { Findings } from '../../../lib/services/reconcile/findings.ts';
import { publishFindings } from '../../../lib/services/reconcile/publish-findings.ts';
import { reconcile } from '../../../lib/services/reconcile/reconcile.ts';
import type { Run } from '../../../lib/services/reconcile/run.ts';
import { trigger } from './trigger.ts';

type Deps = Omit<Run, 'findings' | 'retriesFailed' | 'deletesOrphans' | 'isOver'> &
  Needs<{ runReports: 'putReconciliation' | 'last' }, 'progress'>;

type ReportDeps = Pick<Deps, 'runReports' | 'now'>;

/** Time to complete what was begun; seconds. */
const RESERVED_SECONDS = 120;

/** What can not be completed in one run continues in the next one. */
export async function handle({ progress, runReports, ...deps }: Deps) {
  const findings = new Findings();
  const endsAt = Date.now() + (trigger.timeoutSeconds - RESERVED_SECONDS) * 1000;
  const isOver = () => Date.now() > endsAt;
  const run = { ...deps, findings, retriesFailed: false, deletesOrphans: false, isOver };
  const stored = await reconcile(run, progress);
  publishFindings(findings);
  await report(findings, stored, { runReports, now: deps.now });
}

/** A run that has not added up all files repeats what the last one that has found. */
async function report(
  findings: Findings,
  counted: StoredAmount | undefined,
  { runReports, now }: ReportDeps,
) {
  const at = now().toISOString();
  const stored = counted ? { at, ...counted } : (await runReports.last()).reconciliation?.stored;
  const { found, unrepaired } = findings;
  await runReports.putReconciliation({ endedAt: at, found, unrepaired, ...(stored && { stored }) });
}

export const handler = serveSchedule(trigger, handle, { ...reconciling, runReports });
