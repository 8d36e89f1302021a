import { toListedEvent } from '../../../lib/api/views/listed-event.ts';
import { recordAccess } from '../../../lib/domain/audit/audit-context.ts';
import { auditReader } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ auditReader: 'list' }>;

export async function handle({ caller, query }: Request<typeof operation>, { auditReader }: Deps) {
  const { patient_id: patientId, who: subject, from, to } = query;
  recordAccess(caller, 'patient', { patientId });
  const { items, next } = await auditReader.list({ patientId, subject, from, to }, query);
  return { events: items.map(toListedEvent), next };
}

export const handler = serve(operation, handle, { auditReader });
