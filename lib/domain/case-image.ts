import * as z from 'zod';
import { Category } from './category.ts';
import { CaseId, Id, PatientId, Timestamp } from './identifiers.ts';
import { EyeSide, type Image, ImageStatus } from './image.ts';

/** An image in the field style of the Cases endpoints. */
export const CaseImage = z.strictObject({
  id: Id,
  caseId: CaseId.nullable(),
  patientId: PatientId.nullable(),
  fileName: z.string(),
  mimeType: z.string(),
  /** Bytes. */
  fileSize: z.int(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  eyeSide: EyeSide,
  capturedAt: Timestamp.nullable(),
  category: Category,
  /** Signed and temporary; null while there is none. */
  thumbnailUrl: z.url().nullable(),
  status: ImageStatus,
  /** Why it was rejected. */
  statusReason: z.string().nullable(),
  uploadedAt: Timestamp,
  uploadedBy: z.string(),
});

/** The image as the Cases endpoints show it. */
export const toCaseImage = (image: Image, thumbnailUrl: string | null): z.infer<typeof CaseImage> => ({
  id: image.id,
  caseId: image.caseId ?? null,
  patientId: image.patientId ?? null,
  fileName: image.fileName,
  mimeType: image.mimeType,
  fileSize: image.fileSize,
  width: image.width ?? null,
  height: image.height ?? null,
  eyeSide: image.eyeSide,
  capturedAt: image.capturedAt ?? null,
  category: image.category,
  thumbnailUrl,
  status: image.status,
  statusReason: image.statusReason ?? null,
  uploadedAt: image.uploadedAt,
  uploadedBy: image.uploadedBy,
});
