import type { ReconciliationReport } from '../../../lib/data/reconcile/run-reports.ts';
import { queueLengths, runReports } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ queueLengths: 'list'; runReports: 'last' }>;

export async function handle(_request: Request<typeof operation>, { queueLengths, runReports }: Deps) {
  const [queues, { reconciliation, verification }] = await Promise.all([
    queueLengths.list(),
    runReports.last(),
  ]);
  return {
    stored: reconciliation?.stored ?? null,
    queues,
    reconciliation: reconciliation ? withoutStored(reconciliation) : null,
    auditVerification: verification ?? null,
  };
}

const withoutStored = ({ endedAt, found, unrepaired }: ReconciliationReport) => ({
  endedAt,
  found,
  unrepaired,
});

export const handler = serve(operation, handle, { queueLengths, runReports });
