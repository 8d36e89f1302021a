import { connect } from '../../lib/lambda/needs.ts';
import type { Finding } from '../../lib/services/reconcile/findings.ts';

interface Options {
  /** The time that the reconciliation takes for now. */
  at?: Date;
  isDryRun?: boolean;
  retriesFailed?: boolean;
  deletesOrphans?: boolean;
}

/**
 * Runs the reconciliation of everything in this process. Returns what it found: `<found>/<repaired>` by finding.
 *
 * @param environment as of `adminEnvironment`
 */
export async function reconcileAll(environment: Record<string, string>, options: Options = {}) {
  const { at = new Date(), isDryRun = false, retriesFailed = false, deletesOrphans = false } = options;
  Object.assign(process.env, environment);
  const { reconciling } = await import('../../lib/lambda/dependencies.ts');
  const { Findings } = await import('../../lib/services/reconcile/findings.ts');
  const { reconcile } = await import('../../lib/services/reconcile/reconcile.ts');
  const findings = new Findings({ isDryRun });
  const run = { retriesFailed, deletesOrphans, findings, isOver: () => false, now: () => at };
  const progress = { get: async () => ({ part: 'objects' as const }), set: async () => {} };
  await reconcile({ ...connect(reconciling)(), ...run }, progress);
  const found = Object.entries(findings.counts).filter(([, count]) => count.found > 0);
  return Object.fromEntries(
    found.map(([finding, count]) => [finding, `${count.found}/${count.repaired}`]),
  ) as Partial<Record<Finding, string>>;
}
