import { Images } from '../../../lib/data/images.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { requireMayDelete, visible } from '../../../lib/domain/access.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serve } from '../../../lib/http/serve.ts';
import { operation } from './operation.ts';

interface Deps {
  images: Pick<Images, 'get' | 'delete'>;
  now: () => Date;
}

/** What both doors to it bring along: this one and that of the cases. */
type Doomed = Pick<Request<typeof operation>, 'caller' | 'params'>;

export async function handle({ caller, params }: Doomed, { images, now }: Deps) {
  const image = visible(caller, await images.get(params.id), 'image');
  requireMayDelete(caller);
  await images.delete(image, now());
}

export const connect = (): Deps => ({
  images: new Images(connectTable(environment.tableName)),
  now: () => new Date(),
});

export const handler = serve(operation, handle, connect);
