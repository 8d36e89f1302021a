import { Exports } from '../../../lib/data/exports.ts';
import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requireMayDelete, requireVisible } from '../../../lib/domain/access/access.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serve } from '../../../lib/lambda/http/serve.ts';
import { operation } from './operation.ts';

interface Deps {
  images: Pick<Images, 'get' | 'delete'>;
  exports: Pick<Exports, 'endAllOf'>;
  now: () => Date;
}

/** What both endpoints that delete images have: this one and that of the cases. */
type DeletionRequest = Pick<Request<typeof operation>, 'caller' | 'params'>;

export async function handle({ caller, params }: DeletionRequest, { images, exports, now }: Deps) {
  const image = requireVisible(caller, await images.get(params.id), 'image');
  requireMayDelete(caller);
  await images.delete(image, now());
  // The stream does so, too, but later; an archive must not hold for a moment what is said to be deleted.
  if (image.batchId) await exports.endAllOf(image.batchId);
}

export const connect = (): Deps => {
  const table = connectTable(environment.tableName);
  return { images: new Images(table), exports: new Exports(table), now: () => new Date() };
};

export const handler = serve(operation, handle, connect);
