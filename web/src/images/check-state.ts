import type { Image } from '../api/types.ts';
import { text } from '../messages/text.ts';

/** What happens to the image before it can be shown; undefined if that is over. */
export const checkOf = ({ status }: Pick<Image, 'status'>): string | undefined =>
  status === 'pending' || status === 'scanning' ? text(`image-check.${status}`) : undefined;
