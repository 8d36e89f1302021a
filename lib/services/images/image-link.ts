import { createHmac, timingSafeEqual } from 'node:crypto';
import { DomainError } from '../../domain/errors.ts';
import type { Image } from '../../domain/images/image.ts';

/** How long a link to an image is good. */
const LINK_SECONDS = 24 * 3600;

/** The path of such links. */
const LINKS = '/api/v2/links/';

/** What a link says: which image, until when (seconds since 1970), and the proof that we said so. */
interface LinkParts {
  imageId: string;
  expiresAt: number;
  mac: string;
}

/**
 * The URL of an image that whoever has it can open for a day.
 *
 * A presigned URL of S3 would expire with the credentials of the function that signed it, within hours. This link is signed
 * with a secret that belongs to one image and is deleted with it: deleting an image revokes its links, a leaked secret
 * opens one image only, and there is no global key to store and rotate.
 *
 * @param origin of the service, as `Request` has it
 */
export function signLink(image: Image, origin: string, now: Date): string {
  const expiresAt = Math.floor(now.getTime() / 1000) + LINK_SECONDS;
  return `${origin}${LINKS}${image.id}.${expiresAt}.${macOf(image, expiresAt)}`;
}

/** The parts of a link's token, or undefined where it is none. */
export function parseLink(token: string): LinkParts | undefined {
  const [, imageId, expiresAt, mac] = /^([0-9a-f-]{36})\.([1-9][0-9]{0,11})\.([\w-]{43})$/.exec(token) ?? [];
  return imageId && expiresAt && mac ? { imageId, expiresAt: Number(expiresAt), mac } : undefined;
}

/**
 * The image that a link leads to.
 *
 * @throws DomainError NOT_FOUND where the image is gone or the link is not ours, GONE where its day is over
 */
export function openLink(link: LinkParts | undefined, image: Image | undefined, now: Date): Image {
  if (!link || !image || !isOurs(link, image)) throw new DomainError('NOT_FOUND', 'There is no such link.');
  if (link.expiresAt * 1000 > now.getTime()) return image;
  throw new DomainError('GONE', 'The link has expired; ask for the image again.');
}

/** Of an image that has no secret, nobody was given a link. */
const isOurs = ({ expiresAt, mac }: LinkParts, image: Image): boolean =>
  image.linkSecret !== undefined && timingSafeEqual(Buffer.from(mac), Buffer.from(macOf(image, expiresAt)));

function macOf({ id, linkSecret }: Image, expiresAt: number): string {
  if (linkSecret === undefined) throw new Error(`the image ${id} has no secret for links`);
  return createHmac('sha256', Buffer.from(linkSecret, 'base64url'))
    .update(`${id}.${expiresAt}`)
    .digest('base64url');
}
