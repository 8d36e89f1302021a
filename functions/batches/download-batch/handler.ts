import { Batches } from '../../../lib/data/batches.ts';
import { Exports } from '../../../lib/data/exports.ts';
import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requireVisible } from '../../../lib/domain/access/access.ts';
import { isStreamable } from '../../../lib/domain/batches/archive.ts';
import type { Limits } from '../../../lib/domain/limits/limits.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import { contentDisposition } from '../../../lib/lambda/http/content-disposition.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import { zipStream } from '../../../lib/media/zip/zip.ts';
import { zipLength } from '../../../lib/media/zip/zip-layout.ts';
import { manifestOf, selectImages, startExport } from '../../../lib/services/exports/start-export.ts';
import { SignedObjects } from '../../../lib/storage/signed-objects.ts';
import { operation } from './operation.ts';

interface Deps {
  batches: Pick<Batches, 'get'>;
  images: Pick<Images, 'allInBatch' | 'getMany'>;
  originals: Pick<SignedObjects, 'read'>;
  exports: Pick<Exports, 'begin' | 'get' | 'unfinishedOf'>;
  objects: Pick<SignedObjects, 'create'>;
  limits: Limits;
  now: () => Date;
}

export async function handle({ caller, params, query }: Request<typeof operation>, deps: Deps) {
  const batch = requireVisible(caller, await deps.batches.get(params.id), 'batch');
  const images = await selectImages(deps.images, batch, query.image_ids);
  const manifest = manifestOf(batch, images);
  const { entries, fileName } = manifest;
  if (!isStreamable(images, deps.limits)) {
    const asker = { patientId: batch.patientId, requestedBy: caller.subject };
    return { accepted: await startExport(asker, manifest, deps), retryAfterSeconds: 5 };
  }
  return {
    headers: {
      'content-type': 'application/zip',
      'content-length': String(zipLength(entries)),
      'content-disposition': contentDisposition('attachment', fileName),
    },
    body: zipStream(entries, (_entry, index) =>
      deps.originals.read((entries[index] as (typeof entries)[number]).key),
    ),
  };
}

export const handler = serveStream(operation, handle, () => {
  const table = connectTable(environment.tableName);
  return {
    batches: new Batches(table),
    images: new Images(table),
    originals: new SignedObjects(environment.bucketName),
    exports: new Exports(table),
    objects: new SignedObjects(environment.bucketName),
    limits: environment.limits,
    now: () => new Date(),
  };
});
