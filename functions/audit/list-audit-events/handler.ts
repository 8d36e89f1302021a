import { toListedEvent } from '../../../lib/api/views/listed-event.ts';
import { AuditLog } from '../../../lib/data/audit-log.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import { operation } from './operation.ts';

interface Deps {
  log: Pick<AuditLog, 'list'>;
}

export async function handle({ caller, query }: Request<typeof operation>, { log }: Deps) {
  const { patient_id: patientId, who: subject, from, to } = query;
  recordAccess(caller, 'patient', { patientId });
  const { items, next } = await log.list({ patientId, subject, from, to }, query);
  return { events: items.map(toListedEvent), next };
}

export const handler = serve(operation, handle, () => ({
  log: new AuditLog(connectTable(environment.auditTableName)),
}));
