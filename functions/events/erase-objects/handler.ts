import { Batch } from '../../../lib/domain/batches/batch.ts';
import { DicomDeletion } from '../../../lib/domain/dicom/dicom-deletion.ts';
import { Export } from '../../../lib/domain/exports/export.ts';
import {
  annotations,
  bucket,
  deletedImages,
  dicomErasure,
  erasedImages,
  exports,
  now,
} from '../../../lib/lambda/dependencies.ts';
import { type StreamedItem, serveItems } from '../../../lib/lambda/events/serve-items.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { type EraseDeps as DicomDeps, eraseDicom } from '../../../lib/services/dicom/erase-dicom.ts';
import { type EraseDeps, eraseImage, ImageToErase } from '../../../lib/services/images/erase-image.ts';
import { allKeysOfArchive } from '../../../lib/storage/object-keys.ts';
import { trigger } from './trigger.ts';

type Deps = EraseDeps & DicomDeps & Needs<{ annotations: 'eraseAllOf'; deletedImages: 'eraseAllOf' }>;

export async function handle({ sk, ...item }: StreamedItem, deps: Deps) {
  const { annotations, deletedImages, exports, bucket } = deps;
  switch (sk) {
    case 'IMAGE':
      return eraseImage(ImageToErase.parse(item), deps);
    case 'EXPORT': {
      const run = Export.parse(item);
      for (const [archive, { copies }] of run.archives.entries())
        await bucket.delete(allKeysOfArchive(run, archive, copies));
      return;
    }
    case 'DELETION':
      return eraseDicom(DicomDeletion.parse(item), deps);
    default: {
      const { id } = Batch.pick({ id: true }).parse(item);
      await deletedImages.eraseAllOf(id);
      await annotations.eraseAllOf(id);
      await exports.endAllOf({ batchId: id });
    }
  }
}

const needs = { annotations, erasedImages, deletedImages, dicomErasure, exports, bucket, now };
export const handler = serveItems(trigger, handle, needs);
