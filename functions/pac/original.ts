import { Images } from '../../lib/data/images.ts';
import { connectTable } from '../../lib/data/table.ts';
import { visible } from '../../lib/domain/access.ts';
import type { Caller } from '../../lib/domain/caller.ts';
import { requireReady } from '../../lib/domain/image.ts';
import { environment } from '../../lib/http/environment.ts';
import { type Original, originalOf } from '../../lib/http/original.ts';
import { ObjectReader } from '../../lib/storage/object-reader.ts';

interface Asked {
  caller: Caller;
  params: { id: string };
  headers: Original['headers'];
}

interface Deps {
  images: Pick<Images, 'get'>;
  objects: Pick<ObjectReader, 'read'>;
}

/** The logic of every door to the originals: they differ in what browsers and caches are told. */
export const originalFor =
  (told: Pick<Original, 'show' | 'caching'>) =>
  async ({ caller, params, headers }: Asked, { images, objects }: Deps) => {
    const image = requireReady(visible(caller, await images.get(params.id), 'image'));
    return originalOf(image, { headers, objects, ...told });
  };

export const connect = () => ({
  images: new Images(connectTable(environment.tableName)),
  objects: new ObjectReader(environment.bucketName),
});
