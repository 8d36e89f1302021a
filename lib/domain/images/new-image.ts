import type { Caller } from '../access/caller.ts';
import { sourceOf } from '../access/source.ts';
import { recordAccess } from '../audit/audit-context.ts';
import { type Image, storedFileName } from './image.ts';
import { captureTimeOf, localTimeIn } from './local-time.ts';

type Given = Pick<Image, 'id' | 'fileName' | 'mimeType' | 'fileSize'> &
  Partial<Image> & { capturedAt?: string | undefined };

/**
 * Creates a pending image. A given `capturedAt` (`TakenAt`) replaces the capture time of the file.
 *
 * @param timeZone the clinic's
 */
export function newImage<T extends Given>(
  { capturedAt, ...given }: T,
  caller: Caller,
  now: Date,
  timeZone = 'UTC',
): Image & Pick<T, 'patientId'> {
  const uploadedAt = now.toISOString();
  recordAccess(caller, 'image', given);
  // Where it belongs: the audit log is what is left of it if the table is lost.
  recordAccess(caller, 'case', { id: given.caseId });
  for (const [type, id] of Object.entries(given.links ?? {})) recordAccess(caller, type, { id });
  return {
    category: 'other',
    caption: '',
    eyeSide: 'unknown',
    order: 0,
    hasPreview: false,
    linkSecret: newLinkSecret(),
    ...given,
    ...(capturedAt && captureTimeOf(capturedAt)),
    fileName: storedFileName(given.fileName),
    status: 'pending',
    uploadedAt,
    uploadedLocal: localTimeIn(timeZone, now),
    uploadedBy: caller.subject,
    source: sourceOf(caller),
    updatedAt: uploadedAt,
  };
}

/** 256 random bits in base64url. Every image gets one when it is created, and another when it is moved to another patient. */
export const newLinkSecret = () =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
