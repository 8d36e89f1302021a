import { type Image, isReady } from '../domain/images/image.ts';
import { renditionKey } from './object-keys.ts';
import type { SignedUrls } from './signed-urls.ts';

/** How long a thumbnail's URL in a list is good for at least: about as long as a page stays open. */
const THUMBNAIL_URL_SECONDS = 3600;

/** The image's thumbnail with a signed URL; null while there is none. */
export async function thumbnailOf(
  image: Image,
  urls: Pick<SignedUrls, 'download'>,
  now: Date,
  name: 'thumbnail' | 'card' = 'thumbnail',
) {
  if (!isReady(image)) return null;
  const key = renditionKey(image.key, name);
  const { url } = await urls.download({ key }, THUMBNAIL_URL_SECONDS, now);
  return { key, url };
}
