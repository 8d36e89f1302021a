import { type Image, isReady } from '../domain/images/image.ts';
import { renditionKey } from './object-keys.ts';
import type { SignedUrls } from './signed-urls.ts';

/** Minimum validity of a thumbnail URL in a list: about as long as a page stays open. */
const THUMBNAIL_URL_SECONDS = 3600;

/** Returns the image's thumbnail with a signed URL; null if it does not exist. */
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
