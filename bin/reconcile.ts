import { parseArgs } from 'node:util';
import { CliError, EXIT } from '../lib/cli/cli-error.ts';
import { reconciling } from '../lib/lambda/dependencies.ts';
import { connect } from '../lib/lambda/needs.ts';
import { FINDINGS, Findings } from '../lib/services/reconcile/findings.ts';
import { reconcile } from '../lib/services/reconcile/reconcile.ts';
import { USAGE } from './usage.ts';

function readArguments(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        'dry-run': { type: 'boolean', default: false },
        'retry-failed': { type: 'boolean', default: false },
        'delete-orphans': { type: 'boolean', default: false },
        days: { type: 'string', default: '7' },
      },
    });
    if (!/^[1-9]\d{0,3}$/.test(values.days)) throw new Error('Expected --days from 1 to 9999.');
    return { ...values, days: Number(values.days) };
  } catch (error) {
    throw new CliError(`${error instanceof Error ? error.message : error}\n${USAGE.reconcile}`, EXIT.usage);
  }
}

/**
 * Examines everything, from the beginning: other than the function, it has no time limit.
 *
 * @returns the exit code: `EXIT.done` if nothing is left to repair
 */
export async function runReconcile(args: readonly string[]): Promise<number> {
  const { days, ...options } = readArguments(args);
  const { progress: _progress, ...deps } = connect(reconciling)();
  const findings = new Findings({ isDryRun: options['dry-run'] });
  const audit = new Date(Date.now() - days * 86_400_000).toISOString();
  await reconcile(
    {
      ...deps,
      findings,
      retriesFailed: options['retry-failed'],
      deletesOrphans: options['delete-orphans'],
      isOver: () => false,
    },
    { get: async () => ({ part: 'objects', audit }), set: async () => {} },
  );
  for (const [finding, text] of Object.entries(FINDINGS)) {
    const { found, repaired } = findings.counts[finding as keyof typeof FINDINGS];
    if (found > 0) console.log(`${finding}: ${found} found, ${repaired} repaired. ${text}`);
  }
  console.log(findings.unrepaired === 0 ? 'Everything agrees.' : `${findings.unrepaired} not repaired.`);
  return findings.unrepaired === 0 ? EXIT.done : EXIT.notAll;
}
