import { Batches } from '../../../lib/data/batches.ts';
import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requireMayDelete, requireVisible } from '../../../lib/domain/access/access.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import { operation } from './operation.ts';

interface Deps {
  batches: Pick<Batches, 'get' | 'delete'>;
  images: Pick<Images, 'deleteAllIn'>;
}

export async function handle({ caller, params }: Request<typeof operation>, { batches, images }: Deps) {
  const batch = requireVisible(caller, await batches.get(params.id), 'batch');
  requireMayDelete(caller);
  await batches.delete(batch.id);
  await images.deleteAllIn(batch.id);
}

export const handler = serve(operation, handle, () => {
  const table = connectTable(environment.tableName);
  return { batches: new Batches(table), images: new Images(table) };
});
