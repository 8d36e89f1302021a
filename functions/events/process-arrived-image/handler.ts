import { Image } from '../../../lib/domain/images/image.ts';
import { forImageChecks } from '../../../lib/lambda/dependencies.ts';
import { type StreamedItem, serveItems } from '../../../lib/lambda/events/serve-items.ts';
import type { Turns } from '../../../lib/lambda/events/turns.ts';
import { incomingKey } from '../../../lib/storage/object-keys.ts';
import { type Deps, handle as makeThumbnail } from '../make-thumbnail/handler.ts';
import { trigger } from './trigger.ts';

export const handle = (item: StreamedItem, deps: Deps, turns: Pick<Turns, 'alone'>) =>
  makeThumbnail({ key: incomingKey(Image.parse(item)) }, deps, turns);

export const handler = serveItems(trigger, handle, forImageChecks);
