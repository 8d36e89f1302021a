import { requireVisible } from '../../../lib/domain/access/access.ts';
import { recordAccess, recordReason } from '../../../lib/domain/audit/audit-context.ts';
import { batchConflict } from '../../../lib/domain/batches/batch.ts';
import { settling } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { type SettleDeps, settleBatch } from '../../../lib/services/images/settle-batch.ts';
import { waitShortly } from '../../../lib/services/wait-shortly.ts';
import { operation } from './operation.ts';

type Deps = SettleDeps & Needs<{ batches: 'get' | 'move' }, 'now'>;

export async function handle({ caller, params, body }: Request<typeof operation>, deps: Deps) {
  const { batches, now } = deps;
  const batch = requireVisible(caller, await batches.get(params.id), 'batch');
  const { patient_id: patientId, reason } = body;
  recordAccess(caller, 'patient', { patientId });
  recordReason(caller, reason);
  const { id, patientId: from } = batch;
  const at = now().toISOString();
  const answer = { id, patient_id: patientId, previous_patient_id: from, moved_at: at };
  if (patientId === from) return answer;
  const moved = await batches.move(batch, patientId, { by: caller.subject, at, from, reason });
  if (!moved) throw batchConflict(requireVisible(caller, await batches.get(id), 'batch'));
  await waitShortly(settleBatch(moved, deps));
  return answer;
}

export const handler = serveCreation(operation, handle, settling);
