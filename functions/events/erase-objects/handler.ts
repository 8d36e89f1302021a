import { Batch } from '../../../lib/domain/batches/batch.ts';
import { DicomDeletion } from '../../../lib/domain/dicom/dicom-deletion.ts';
import { Export } from '../../../lib/domain/exports/export.ts';
import { Image } from '../../../lib/domain/images/image.ts';
import {
  bucket,
  deletedImages,
  dicomErasure,
  exports,
  images,
  now,
} from '../../../lib/lambda/dependencies.ts';
import { type StreamedItem, serveItems } from '../../../lib/lambda/events/serve-items.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { eraseDicom } from '../../../lib/services/dicom/erase-dicom.ts';
import { allKeysOf, archiveKey, manifestKey } from '../../../lib/storage/object-keys.ts';
import { trigger } from './trigger.ts';

type Deps = Needs<
  {
    images: 'deleteDependents' | 'rememberErasure';
    deletedImages: 'eraseAllOf';
    dicomErasure: 'instancesOf' | 'remove' | 'finish';
    exports: 'endAllOf';
    bucket: 'delete';
  },
  'now'
>;

export async function handle({ sk, ...item }: StreamedItem, deps: Deps) {
  const { images, deletedImages, exports, bucket, now } = deps;
  switch (sk) {
    case 'IMAGE': {
      const image = Image.parse(item);
      // First: what arrives or is written later is then known to be of no use.
      await images.rememberErasure(image.id, now());
      await Promise.all([bucket.delete(allKeysOf(image)), images.deleteDependents(image)]);
      // After the objects: an archive that was started meanwhile can no longer be completed with this image.
      if (image.key && image.batchId) await exports.endAllOf(image.batchId);
      return;
    }
    case 'EXPORT': {
      const run = Export.parse(item);
      return bucket.delete([manifestKey(run), archiveKey(run)]);
    }
    case 'DELETION':
      return eraseDicom(DicomDeletion.parse(item), deps);
    default: {
      const { id } = Batch.parse(item);
      await deletedImages.eraseAllOf(id);
      await exports.endAllOf(id);
    }
  }
}

export const handler = serveItems(trigger, handle, {
  images,
  deletedImages,
  dicomErasure,
  exports,
  bucket,
  now,
});
