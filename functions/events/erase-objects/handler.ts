import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { Batch } from '../../../lib/domain/batch.ts';
import { Export } from '../../../lib/domain/export.ts';
import { Image } from '../../../lib/domain/image.ts';
import { environment } from '../../../lib/http/environment.ts';
import { type StreamedItem, serveItems } from '../../../lib/http/serve-items.ts';
import { allKeysOf, archiveKey, manifestKey } from '../../../lib/storage/object-keys.ts';
import { Objects } from '../../../lib/storage/objects.ts';
import { trigger } from './trigger.ts';

interface Deps {
  images: Pick<Images, 'deleteAllIn'>;
  objects: Pick<Objects, 'delete'>;
}

export async function handle({ sk, ...item }: StreamedItem, { images, objects }: Deps) {
  if (sk === 'IMAGE') return objects.delete(allKeysOf(Image.parse(item)));
  if (sk === 'EXPORT') {
    const run = Export.parse(item);
    return objects.delete([manifestKey(run), archiveKey(run)]);
  }
  await images.deleteAllIn(Batch.parse(item).id);
}

export const handler = serveItems(trigger, handle, () => ({
  images: new Images(connectTable(environment.tableName)),
  objects: new Objects(environment.bucketName),
}));
