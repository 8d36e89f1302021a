import { createHmac, timingSafeEqual } from 'node:crypto';
import { epochSeconds } from '../../domain/epoch-seconds.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Image } from '../../domain/images/image.ts';

/** How long a link to an image is valid. */
const LINK_SECONDS = 24 * 3600;

/** The path of such links. */
const LINKS = '/api/v2/links/';

/** The contents of a link's token: image id, expiry (seconds since 1970) and signature. */
interface LinkParts {
  imageId: string;
  expiresAt: number;
  mac: string;
}

/**
 * Returns a URL with which anyone can open an image for a day.
 *
 * A presigned URL of S3 would expire with the credentials of the function that signed it, within hours. This link is
 * signed with a secret that belongs to one image and is deleted with it: deleting an image revokes its links, a leaked
 * secret opens one image only, and there is no global key to store and rotate.
 *
 * @param origin the service's origin
 */
export function signLink(image: Image, origin: string, now: Date): string {
  const expiresAt = epochSeconds(now) + LINK_SECONDS;
  return `${origin}${LINKS}${image.id}.${expiresAt}.${macOf(image, expiresAt)}`;
}

/** Parses a link's token. Returns undefined if it is malformed. */
export function parseLink(token: string): LinkParts | undefined {
  const [, imageId, expiresAt, mac] = /^([0-9a-f-]{36})\.([1-9][0-9]{0,11})\.([\w-]{43})$/.exec(token) ?? [];
  return imageId && expiresAt && mac ? { imageId, expiresAt: Number(expiresAt), mac } : undefined;
}

/**
 * Verifies a link and returns its image.
 *
 * @throws DomainError NOT_FOUND if the image does not exist or the signature is wrong, GONE if the link has expired
 */
export function openLink(link: LinkParts | undefined, image: Image | undefined, now: Date): Image {
  if (!link || !image || !isOurs(link, image)) throw new DomainError('NOT_FOUND', 'There is no such link.');
  if (link.expiresAt * 1000 > now.getTime()) return image;
  throw new DomainError('GONE', 'The link has expired; ask for the image again.');
}

/** Whether the signature is valid. An image without a secret never had a link. */
const isOurs = ({ expiresAt, mac }: LinkParts, image: Image): boolean =>
  image.linkSecret !== undefined && timingSafeEqual(Buffer.from(mac), Buffer.from(macOf(image, expiresAt)));

function macOf({ id, linkSecret }: Image, expiresAt: number): string {
  if (linkSecret === undefined) throw new Error(`the image ${id} has no secret for links`);
  return createHmac('sha256', Buffer.from(linkSecret, 'base64url'))
    .update(`${id}.${expiresAt}`)
    .digest('base64url');
}
