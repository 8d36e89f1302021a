import type { Caller } from './caller.ts';
import { type Image, storedFileName } from './image.ts';

type Given = Pick<Image, 'id' | 'patientId' | 'fileName' | 'mimeType' | 'fileSize'> & Partial<Image>;

/** An image whose bytes are still to come. */
export function newImage(given: Given, caller: Caller, now: Date): Image {
  const uploadedAt = now.toISOString();
  return {
    category: 'other',
    caption: '',
    eyeSide: 'unknown',
    order: 0,
    hasPreview: false,
    ...given,
    fileName: storedFileName(given.fileName),
    capturedAt: given.capturedAt && new Date(given.capturedAt).toISOString(),
    status: 'pending',
    uploadedAt,
    uploadedBy: caller.subject,
    updatedAt: uploadedAt,
  };
}
