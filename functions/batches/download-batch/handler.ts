import { Batches } from '../../../lib/data/batches.ts';
import { Exports } from '../../../lib/data/exports.ts';
import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { visible } from '../../../lib/domain/access.ts';
import { isStreamable } from '../../../lib/domain/archive.ts';
import type { Limits } from '../../../lib/domain/limits.ts';
import { disposition } from '../../../lib/http/disposition.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serveStream } from '../../../lib/http/serve-stream.ts';
import { zipStream } from '../../../lib/media/zip.ts';
import { zipLength } from '../../../lib/media/zip-layout.ts';
import { ObjectReader } from '../../../lib/storage/object-reader.ts';
import { ObjectWriter } from '../../../lib/storage/object-writer.ts';
import { manifestOf, selectImages, startExport } from '../archive.ts';
import { operation } from './operation.ts';

interface Deps {
  batches: Pick<Batches, 'get'>;
  images: Pick<Images, 'allInBatch' | 'getMany'>;
  originals: Pick<ObjectReader, 'read'>;
  exports: Pick<Exports, 'begin' | 'get' | 'unfinishedOf'>;
  objects: Pick<ObjectWriter, 'create'>;
  limits: Limits;
  now: () => Date;
}

export async function handle({ caller, params, query }: Request<typeof operation>, deps: Deps) {
  const batch = visible(caller, await deps.batches.get(params.id), 'batch');
  const images = await selectImages(deps.images, batch, query.image_ids);
  const manifest = manifestOf(batch, images);
  const { entries, fileName } = manifest;
  if (!isStreamable(images, deps.limits)) {
    const asker = { patientId: batch.patientId, requestedBy: caller.subject };
    return { notYet: await startExport(asker, manifest, deps), retryAfterSeconds: 5 };
  }
  return {
    headers: {
      'content-type': 'application/zip',
      'content-length': String(zipLength(entries)),
      'content-disposition': disposition('attachment', fileName),
    },
    body: zipStream(entries, (_, index) =>
      deps.originals.read((entries[index] as (typeof entries)[number]).key),
    ),
  };
}

export const handler = serveStream(operation, handle, () => {
  const table = connectTable(environment.tableName);
  return {
    batches: new Batches(table),
    images: new Images(table),
    originals: new ObjectReader(environment.bucketName),
    exports: new Exports(table),
    objects: new ObjectWriter(environment.bucketName),
    limits: environment.limits,
    now: () => new Date(),
  };
});
