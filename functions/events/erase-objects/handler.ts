import { Exports } from '../../../lib/data/exports.ts';
import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { Batch } from '../../../lib/domain/batches/batch.ts';
import { Export } from '../../../lib/domain/exports/export.ts';
import { Image } from '../../../lib/domain/images/image.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import { type StreamedItem, serveItems } from '../../../lib/lambda/events/serve-items.ts';
import { allKeysOf, archiveKey, incomingKey, manifestKey } from '../../../lib/storage/object-keys.ts';
import { Objects } from '../../../lib/storage/objects.ts';
import { trigger } from './trigger.ts';

interface Deps {
  images: Pick<Images, 'deleteAllIn' | 'deleteLinks'>;
  exports: Pick<Exports, 'endAllOf'>;
  objects: Pick<Objects, 'delete'>;
}

export async function handle({ sk, ...item }: StreamedItem, { images, exports, objects }: Deps) {
  switch (sk) {
    case 'IMAGE': {
      const image = Image.parse(item);
      await Promise.all([objects.delete(allKeysOf(incomingKey(image))), images.deleteLinks(image)]);
      // After its objects: an archive that was begun since can no longer be finished with it.
      if (image.key && image.batchId) await exports.endAllOf(image.batchId);
      return;
    }
    case 'EXPORT': {
      const run = Export.parse(item);
      return objects.delete([manifestKey(run), archiveKey(run)]);
    }
    default: {
      const { id } = Batch.parse(item);
      await images.deleteAllIn(id);
      await exports.endAllOf(id);
    }
  }
}

export const handler = serveItems(trigger, handle, () => {
  const table = connectTable(environment.tableName);
  return {
    images: new Images(table),
    exports: new Exports(table),
    objects: new Objects(environment.bucketName),
  };
});
