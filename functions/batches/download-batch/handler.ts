import { Batches } from '../../../lib/data/batches.ts';
import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { visible } from '../../../lib/domain/access.ts';
import { archiveOf } from '../../../lib/domain/archive.ts';
import type { Limits } from '../../../lib/domain/limits.ts';
import { disposition } from '../../../lib/http/disposition.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serveStream } from '../../../lib/http/serve-stream.ts';
import { zipLength, zipStream } from '../../../lib/media/zip.ts';
import { safeEntryNames } from '../../../lib/media/zip-entry-names.ts';
import { ObjectReader } from '../../../lib/storage/object-reader.ts';
import { operation } from './operation.ts';

interface Deps {
  batches: Pick<Batches, 'get'>;
  images: Pick<Images, 'allInBatch' | 'getMany'>;
  objects: Pick<ObjectReader, 'read'>;
  limits: Limits;
}

export async function handle({ caller, params, query }: Request<typeof operation>, deps: Deps) {
  const batch = visible(caller, await deps.batches.get(params.id), 'batch');
  const found = query.image_ids
    ? await deps.images.getMany(query.image_ids)
    : await Array.fromAsync(deps.images.allInBatch(batch.id));
  const images = archiveOf(batch, found, query.image_ids, deps.limits);

  const names = safeEntryNames(images.map(({ fileName }) => fileName));
  const entries = images.map((image, index) => ({
    name: names[index] as string,
    bytes: image.fileSize,
    crc32: Buffer.from(image.crc32, 'base64').readUInt32BE(),
    modified: new Date(image.uploadedAt),
  }));
  return {
    headers: {
      'content-type': 'application/zip',
      'content-length': String(zipLength(entries)),
      'content-disposition': disposition('attachment', `${batch.name}.zip`),
    },
    body: zipStream(entries, (_, index) => deps.objects.read((images[index] as (typeof images)[number]).key)),
  };
}

export const handler = serveStream(operation, handle, () => {
  const table = connectTable(environment.tableName);
  return {
    batches: new Batches(table),
    images: new Images(table),
    objects: new ObjectReader(environment.bucketName),
    limits: environment.limits,
  };
});
