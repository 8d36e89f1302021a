import * as z from 'zod';
import { markOf, PatientMark } from '../../domain/access/source.ts';
import { CaseId, Id, LocalTime, PatientId, Subject, Timestamp, UtcOffset } from '../../domain/identifiers.ts';
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
import { capturedAtOf } from '../../domain/images/local-time.ts';
import { EditOfImage } from './batch-image.ts';
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
    "`capturedLocal` as a timestamp: the camera's clock with its offset, or `Z` if `captureOffset` is null. Only with an offset is it an instant.",
  ),
  capturedLocal: LocalTime.nullable().describe(
    "By the camera's clock. Its day is the picture's day for everybody.",
  ),
  captureOffset: UtcOffset.nullable().describe(
    'The offset of that clock from UTC; null if the file does not say.',
  ),
  category: Category,
  edit: EditOfImage.describe('How it is shown; the original and `thumbnailUrl` have no edits.'),
  /** Signed and temporary; null if there is no thumbnail. */
  thumbnailUrl: SignedUrl.nullable(),
  status: ImageStatus,
  /** Why it was rejected. */
  statusReason: z.string().nullable(),
  uploadedAt: Timestamp,
  uploadedLocal: LocalTime.describe("In the clinic's time zone."),
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
  capturedAt: capturedAtOf(image),
  capturedLocal: image.capturedLocal ?? null,
  captureOffset: image.captureOffset ?? null,
  category: image.category,
  ...(image.edit && { edit: image.edit }),
  thumbnailUrl,
  status: image.status,
  statusReason: image.statusReason ?? null,
  uploadedAt: image.uploadedAt,
  uploadedLocal: image.uploadedLocal,
  uploadedBy: image.uploadedBy,
  ...markOf(image.source),
});
