import { toPatientBatch } from '../../../lib/api/views/patient-batch.ts';
import { requireMayDelete, requireVisible } from '../../../lib/domain/access/access.ts';
import { settling } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { type SettleDeps, settleBatch } from '../../../lib/services/images/settle-batch.ts';
import { waitShortly } from '../../../lib/services/wait-shortly.ts';
import { operation } from './operation.ts';

type Deps = SettleDeps & Needs<{ batches: 'get' | 'getDeleted' | 'restore' }, 'now'>;

/** Restoring a batch that is not deleted changes nothing, so that a client may send the request again. */
export async function handle({ caller, params }: Request<typeof operation>, deps: Deps) {
  const { batches, now } = deps;
  const deleted = await batches.getDeleted(params.id, now());
  requireVisible(caller, deleted ?? (await batches.get(params.id)), 'batch');
  requireMayDelete(caller);
  const restored = deleted && (await batches.restore(deleted, now()));
  if (restored) await waitShortly(settleBatch(restored, deps));
  return toPatientBatch(requireVisible(caller, await batches.get(params.id), 'batch'));
}

export const handler = serve(operation, handle, settling);
