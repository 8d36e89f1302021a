import type { Caller } from './caller.ts';
import { type Image, storedFileName } from './image.ts';
import { sourceOf } from './source.ts';
import { note } from './trail.ts';

type Given = Pick<Image, 'id' | 'fileName' | 'mimeType' | 'fileSize'> & Partial<Image>;

/** An image whose bytes are still to come. */
export function newImage<T extends Given>(given: T, caller: Caller, now: Date): Image & Pick<T, 'patientId'> {
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
    capturedAt: given.capturedAt && new Date(given.capturedAt).toISOString(),
    status: 'pending',
    uploadedAt,
    uploadedBy: caller.subject,
    source: sourceOf(caller),
    updatedAt: uploadedAt,
  };
}

/** 256 random bits in base64url. Made with each image, whatever its door, so that there is no moment without. */
const newLinkSecret = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
