import { requireMayDelete, requireMayErase, requireVisible } from '../../../lib/domain/access/access.ts';
import { deletionBy } from '../../../lib/domain/deletion.ts';
import { batches, deletedImages, exports, images, limits, now } from '../../../lib/lambda/dependencies.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { operation } from './operation.ts';

type Deps = Needs<
  {
    batches: 'get' | 'getDeleted' | 'delete' | 'erase';
    images: 'deleteAllIn';
    deletedImages: 'eraseAllOf';
    exports: 'endAllOf';
  },
  'limits' | 'now'
>;

export async function handle({ caller, params, query }: Request<typeof operation>, deps: Deps) {
  const { batches, images, deletedImages, exports, limits, now } = deps;
  const deleted = query.erase ? await batches.getDeleted(params.id, now()) : undefined;
  const batch = requireVisible(caller, deleted ?? (await batches.get(params.id)), 'batch');
  requireMayDelete(caller);
  if (query.erase) {
    requireMayErase(caller);
    await batches.erase(batch.id);
    await deletedImages.eraseAllOf(batch.id);
  } else {
    const deletion = deletionBy(caller, now(), limits);
    await batches.delete(batch, deletion);
    await images.deleteAllIn(batch.id, deletion);
  }
  await exports.endAllOf(batch.id);
}

export const handler = serve(operation, handle, { batches, images, deletedImages, exports, limits, now });
