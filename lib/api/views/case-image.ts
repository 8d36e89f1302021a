import * as z from 'zod';
import { markOf, PatientMark } from '../../domain/access/source.ts';
import { CaseId, Id, PatientId, Subject, Timestamp } from '../../domain/identifiers.ts';
import { Category } from '../../domain/images/category.ts';
import {
  Bytes,
  EyeSide,
  FileName,
  Height,
  type Image,
  MimeType,
  Pages,
  Width,
} from '../../domain/images/image.ts';
import { ImageStatus } from '../../domain/images/image-status.ts';
import { SignedUrl } from './signed-url.ts';

/** An image in the field style of the Cases endpoints. */
export const CaseImage = z.strictObject({
  id: Id,
  caseId: CaseId.nullable(),
  patientId: PatientId.nullable(),
  fileName: FileName,
  mimeType: MimeType,
  fileSize: Bytes,
  width: Width.nullable(),
  height: Height.nullable(),
  /** Documents only. */
  pages: Pages.optional(),
  eyeSide: EyeSide,
  capturedAt: Timestamp.nullable().describe(
    "By the clock of the camera and with its offset: its first ten characters are the picture's day for everybody. Z where the offset is unknown.",
  ),
  category: Category,
  /** Signed and temporary; null if there is no thumbnail. */
  thumbnailUrl: SignedUrl.nullable(),
  status: ImageStatus,
  /** Why it was rejected. */
  statusReason: z.string().nullable(),
  uploadedAt: Timestamp,
  uploadedBy: Subject,
  source: PatientMark,
});

/** Converts an image to the format of the Cases endpoints. */
export const toCaseImage = (image: Image, thumbnailUrl: string | null): z.infer<typeof CaseImage> => ({
  id: image.id,
  caseId: image.caseId ?? null,
  patientId: image.patientId ?? null,
  fileName: image.fileName,
  mimeType: image.mimeType,
  fileSize: image.fileSize,
  width: image.width ?? null,
  height: image.height ?? null,
  ...(image.pages && { pages: image.pages }),
  eyeSide: image.eyeSide,
  capturedAt: image.capturedAt ?? null,
  category: image.category,
  thumbnailUrl,
  status: image.status,
  statusReason: image.statusReason ?? null,
  uploadedAt: image.uploadedAt,
  uploadedBy: image.uploadedBy,
  ...markOf(image.source),
});
