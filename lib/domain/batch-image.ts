import * as z from 'zod';
import { Category } from './category.ts';
import { Id, Timestamp } from './identifiers.ts';
import { type Image, ImageStatus } from './image.ts';

/** An image in the field style of the Batches endpoints. */
export const BatchImage = z.strictObject({
  id: Id,
  batch: Id.nullable(),
  original_name: z.string(),
  s3_key: z.string().nullable(),
  s3_thumbnail_key: z.string().nullable(),
  content_type: z.string(),
  category: Category,
  caption: z.string(),
  date_taken: z.iso.date().nullable(),
  /** Bytes. */
  file_size: z.int(),
  /** Bytes. */
  thumbnail_size: z.int().nullable(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  order: z.int(),
  status: ImageStatus,
  /** Why it was rejected. */
  status_reason: z.string().nullable(),
  /** Where the original is, for requests with the same token. */
  url: z.string(),
  /** Signed and temporary; null while there is none. */
  thumbnail_url: z.url().nullable(),
  uploaded_at: Timestamp,
  updated_at: Timestamp,
});

/** A thumbnail in S3. */
export interface Thumbnail {
  key: string;
  url: string;
}

/** The image as the Batches endpoints show it. */
export const toBatchImage = (image: Image, thumbnail: Thumbnail | null): z.infer<typeof BatchImage> => ({
  id: image.id,
  batch: image.batchId ?? null,
  original_name: image.fileName,
  s3_key: image.key ?? null,
  s3_thumbnail_key: thumbnail?.key ?? null,
  content_type: image.mimeType,
  category: image.category,
  caption: image.caption,
  date_taken: image.dateTaken ?? null,
  file_size: image.fileSize,
  thumbnail_size: image.thumbnailBytes ?? null,
  width: image.width ?? null,
  height: image.height ?? null,
  order: image.order,
  status: image.status,
  status_reason: image.statusReason ?? null,
  url: `/api/images/${image.id}/data`,
  thumbnail_url: thumbnail?.url ?? null,
  uploaded_at: image.uploadedAt,
  updated_at: image.updatedAt,
});
