import type { Image } from '../domain/images/image.ts';
import type { Limits } from '../domain/limits/limits.ts';
import { incomingKey } from './object-keys.ts';
import type { SignedUpload, SignedUrls } from './signed-urls.ts';

/** Signs the PUT by which a client uploads a pending image: exactly the declared bytes, and only once. */
export const signUpload = (
  image: Image,
  urls: Pick<SignedUrls, 'upload'>,
  { uploadUrlSeconds }: Limits,
  now: Date,
): Promise<SignedUpload> => {
  const { fileSize: bytes, mimeType, crc32 } = image;
  return urls.upload({ key: incomingKey(image), bytes, mimeType, crc32 }, uploadUrlSeconds, now);
};
