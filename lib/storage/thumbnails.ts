import { type Image, isReady } from '../domain/images/image.ts';
import { renditionKey } from './object-keys.ts';
import type { SignedUrls } from './signed-urls.ts';

/** How long a thumbnail URL is valid. A page that stays open asks for new ones. */
const THUMBNAIL_URL_SECONDS = 900;

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
