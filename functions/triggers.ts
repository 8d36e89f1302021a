import { trigger as eraseObjects } from './events/erase-objects/trigger.ts';
import { trigger as makeThumbnail } from './events/make-thumbnail/trigger.ts';

/** All functions that events wake. */
export const triggers = [makeThumbnail, eraseObjects] as const;
