import * as z from 'zod';
import { markOf, PatientMark } from '../../domain/access/source.ts';
import { Day, EXAMPLE_ID, Id, LocalTime, Timestamp, UtcOffset } from '../../domain/identifiers.ts';
import { Category } from '../../domain/images/category.ts';
import {
  Bytes,
  Caption,
  EyeSide,
  FileName,
  Height,
  type Image,
  MimeType,
  Pages,
  Width,
} from '../../domain/images/image.ts';
import { ShownEdit } from '../../domain/images/image-edit.ts';
import { ImageStatus } from '../../domain/images/image-status.ts';
import { SignedUrl } from './signed-url.ts';

/** How an image is shown; the original has no edits. Absent if nobody has edited it. */
export const EditOfImage = z
  .strictObject({ version: ShownEdit.shape.version.meta({ examples: [1] }), steps: ShownEdit.shape.steps })
  .optional();

/** An image in the field style of the Batches endpoints. */
export const BatchImage = z.strictObject({
  id: Id,
  batch: Id.nullable(),
  original_name: FileName,
  s3_key: z
    .string()
    .nullable()
    .meta({ examples: ['images/0198c6a2-7f51-7d2e-8a35-5b1f0c4f9e01.jpg'] }),
  s3_thumbnail_key: z
    .string()
    .nullable()
    .meta({ examples: ['images/0198c6a2-7f51-7d2e-8a35-5b1f0c4f9e01_thumb.jpg'] }),
  content_type: MimeType,
  category: Category,
  caption: Caption,
  eye_side: EyeSide,
  date_taken: Day.nullable().describe('The day that a person entered.'),
  captured_local: LocalTime.nullable().describe(
    "By the camera's clock. Its day is the picture's day for everybody, unless there is a `date_taken`.",
  ),
  capture_offset: UtcOffset.nullable().describe(
    'The offset of that clock from UTC; null if the file does not say.',
  ),
  file_size: Bytes,
  /** Bytes. */
  thumbnail_size: z
    .int()
    .nullable()
    .meta({ examples: [18_204] }),
  width: Width.nullable(),
  height: Height.nullable(),
  /** Documents only. */
  pages: Pages.optional(),
  order: z.int().meta({ examples: [0] }),
  edit: EditOfImage.describe('How it is shown; the original has no edits.'),
  annotated_at: Timestamp.optional().describe(
    'When its annotations changed last; missing if it never had one.',
  ),
  status: ImageStatus,
  /** Why it was rejected. */
  status_reason: z.string().nullable(),
  /** The URL of the original, for requests with the same token. */
  url: z.string().meta({ examples: [`/api/images/${EXAMPLE_ID}/data`] }),
  /** Signed and temporary; null if there is no thumbnail. */
  thumbnail_url: SignedUrl.nullable(),
  uploaded_at: Timestamp,
  uploaded_local: LocalTime.describe("In the clinic's time zone."),
  updated_at: Timestamp,
  source: PatientMark,
});

/**
 * The entity tag of an image: signed URLs differ although the image is the same, and the key and the original follow from
 * what is part of it. Annotations have versions of their own, and change no caption.
 */
export const IMAGE_TAG = {
  ignores: ['annotated_at', 'thumbnail_url', 's3_thumbnail_key', 'image_data'],
} as const;

/** A thumbnail in S3. */
export interface Thumbnail {
  key: string;
  url: string;
}

/** Converts an image to the format of the Batches endpoints. */
export const toBatchImage = (image: Image, thumbnail: Thumbnail | null): z.infer<typeof BatchImage> => ({
  id: image.id,
  batch: image.batchId ?? null,
  original_name: image.fileName,
  s3_key: image.key ?? null,
  s3_thumbnail_key: thumbnail?.key ?? null,
  content_type: image.mimeType,
  category: image.category,
  caption: image.caption,
  eye_side: image.eyeSide,
  date_taken: image.dateTaken ?? null,
  captured_local: image.capturedLocal ?? null,
  capture_offset: image.captureOffset ?? null,
  file_size: image.fileSize,
  thumbnail_size: image.thumbnailBytes ?? null,
  width: image.width ?? null,
  height: image.height ?? null,
  ...(image.pages && { pages: image.pages }),
  order: image.order,
  ...(image.edit && { edit: image.edit }),
  ...(image.annotatedAt && { annotated_at: image.annotatedAt }),
  status: image.status,
  status_reason: image.statusReason ?? null,
  url: `/api/images/${image.id}/data`,
  thumbnail_url: thumbnail?.url ?? null,
  uploaded_at: image.uploadedAt,
  uploaded_local: image.uploadedLocal,
  updated_at: image.updatedAt,
  ...markOf(image.source),
});
