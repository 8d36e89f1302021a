import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { Batch } from '../../../lib/domain/batch.ts';
import { Image } from '../../../lib/domain/image.ts';
import { environment } from '../../../lib/http/environment.ts';
import { type StreamedItem, serveItems } from '../../../lib/http/serve-items.ts';
import { allKeysOf } from '../../../lib/storage/object-keys.ts';
import { Objects } from '../../../lib/storage/objects.ts';
import { trigger } from './trigger.ts';

interface Deps {
  images: Pick<Images, 'deleteAllIn' | 'deleteLinks'>;
  objects: Pick<Objects, 'delete'>;
}

export async function handle({ sk, ...item }: StreamedItem, { images, objects }: Deps) {
  if (sk === 'IMAGE') {
    const image = Image.parse(item);
    return Promise.all([objects.delete(allKeysOf(image)), images.deleteLinks(image)]);
  }
  await images.deleteAllIn(Batch.parse(item).id);
}

export const handler = serveItems(trigger, handle, () => ({
  images: new Images(connectTable(environment.tableName)),
  objects: new Objects(environment.bucketName),
}));
