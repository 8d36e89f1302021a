import type { Caller } from './caller.ts';
import { type Image, storedFileName } from './image.ts';
import { localTimeIn, withMilliseconds } from './local-time.ts';
import { sourceOf } from './source.ts';
import { note } from './trail.ts';

type Given = Pick<Image, 'id' | 'fileName' | 'mimeType' | 'fileSize'> & Partial<Image>;

/**
 * An image whose bytes are still to come.
 *
 * @param timeZone the clinic's
 */
export function newImage<T extends Given>(
  given: T,
  caller: Caller,
  now: Date,
  timeZone = 'UTC',
): Image & Pick<T, 'patientId'> {
  const uploadedAt = now.toISOString();
  note(caller, 'image', given);
  return {
    category: 'other',
    caption: '',
    eyeSide: 'unknown',
    order: 0,
    hasPreview: false,
    linkSecret: newLinkSecret(),
    ...given,
    fileName: storedFileName(given.fileName),
    capturedAt: given.capturedAt && withMilliseconds(given.capturedAt),
    status: 'pending',
    uploadedAt,
    uploadedLocal: localTimeIn(timeZone, now),
    uploadedBy: caller.subject,
    source: sourceOf(caller),
    updatedAt: uploadedAt,
  };
}

/** 256 random bits in base64url. Made with each image, whatever its door, so that there is no moment without. */
const newLinkSecret = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
