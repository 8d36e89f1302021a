import { requireVisible } from '../../../lib/domain/access/access.ts';
import { isStreamable } from '../../../lib/domain/batches/archive.ts';
import { batches, exporting, images, keys } from '../../../lib/lambda/dependencies.ts';
import { contentDisposition } from '../../../lib/lambda/http/content-disposition.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { zipLength } from '../../../lib/media/zip/zip-layout.ts';
import { takeRoomForStream } from '../../../lib/services/exports/archive-room.ts';
import { archiveOf } from '../../../lib/services/exports/archive-stream.ts';
import {
  hasCopies,
  manifestOf,
  type StartDeps,
  selectImages,
  startExport,
} from '../../../lib/services/exports/start-export.ts';
import { operation } from './operation.ts';

type Deps = StartDeps &
  Needs<{ batches: 'get'; images: 'allInBatch' | 'getMany'; objects: 'read' }, 'limits'>;

export async function handle({ caller, params, query }: Request<typeof operation>, deps: Deps) {
  const batch = requireVisible(caller, await deps.batches.get(params.id), 'batch');
  const images = await selectImages(deps.images, batch, query.image_ids);
  const manifest = manifestOf(batch, images, query.as_edited === 'true');
  const { entries, fileName } = manifest;
  if (!isStreamable(images, deps.limits) || hasCopies(manifest)) {
    const asker = { patientId: batch.patientId, requestedBy: caller.subject };
    return { accepted: await startExport(asker, manifest, deps), retryAfterSeconds: 5 };
  }
  const headers = {
    'content-type': 'application/zip',
    'content-length': String(zipLength(entries)),
    'content-disposition': contentDisposition('attachment', fileName),
  };
  const giveBackAfter = await takeRoomForStream(caller.subject, operation.timeoutSeconds, deps);
  return { headers, body: giveBackAfter(archiveOf(entries, deps.objects)) };
}

export const handler = serveStream(operation, handle, { keys, batches, images, ...exporting });
