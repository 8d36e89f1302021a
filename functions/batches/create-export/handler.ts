import { Batches } from '../../../lib/data/batches.ts';
import { Exports } from '../../../lib/data/exports.ts';
import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import type { Limits } from '../../../lib/domain/limits/limits.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveCreation } from '../../../lib/lambda/http/serve-creation.ts';
import { manifestOf, selectImages, startExport } from '../../../lib/services/exports/start-export.ts';
import { SignedObjects } from '../../../lib/storage/signed-objects.ts';
import { operation } from './operation.ts';

interface Deps {
  batches: Pick<Batches, 'get'>;
  images: Pick<Images, 'allInBatch' | 'getMany'>;
  exports: Pick<Exports, 'begin' | 'get' | 'unfinishedOf'>;
  objects: Pick<SignedObjects, 'create'>;
  limits: Limits;
  now: () => Date;
}

export async function handle({ caller, params, body }: Request<typeof operation>, deps: Deps) {
  const batch = requireVisible(caller, await deps.batches.get(params.id), 'batch');
  const images = await selectImages(deps.images, batch, body.image_ids);
  const asker = { patientId: batch.patientId, requestedBy: caller.subject };
  return startExport(asker, manifestOf(batch, images), deps);
}

export const handler = serveCreation(operation, handle, () => {
  const table = connectTable(environment.tableName);
  return {
    batches: new Batches(table),
    images: new Images(table),
    exports: new Exports(table),
    objects: new SignedObjects(environment.bucketName),
    limits: environment.limits,
    now: () => new Date(),
  };
});
