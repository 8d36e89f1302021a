import { requireMayDelete, requireMayErase, requireVisible } from '../../../lib/domain/access/access.ts';
import { batchConflict } from '../../../lib/domain/batches/batch.ts';
import { deletionBy } from '../../../lib/domain/deletion.ts';
import { limits, settling } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { type SettleDeps, settleBatch } from '../../../lib/services/images/settle-batch.ts';
import { waitShortly } from '../../../lib/services/wait-shortly.ts';
import { operation } from './operation.ts';

type Deps = SettleDeps &
  Needs<
    { batches: 'get' | 'getDeleted' | 'delete' | 'erase'; deletedImages: 'eraseAllOf' },
    'limits' | 'now'
  >;

export async function handle({ caller, params, query }: Request<typeof operation>, deps: Deps) {
  const { batches, deletedImages, exports, limits, now } = deps;
  const deleted = query.erase ? await batches.getDeleted(params.id, now()) : undefined;
  const batch = requireVisible(caller, deleted ?? (await batches.get(params.id)), 'batch');
  requireMayDelete(caller);
  if (query.erase) {
    requireMayErase(caller);
    if (!(await batches.erase(batch.id))) throw batchConflict(batch);
    return waitShortly(
      deletedImages
        .eraseAllOf(batch.id)
        .then(() => exports.endAllOf({ batchId: batch.id, patientId: batch.patientId })),
    );
  }
  const changed = await batches.delete(batch, deletionBy(caller, now(), limits));
  if (changed) await waitShortly(settleBatch(changed, deps));
  const remaining = changed ? undefined : await batches.get(batch.id);
  if (remaining) throw batchConflict(remaining);
}

export const handler = serve(operation, handle, { ...settling, limits });
