import * as z from 'zod';
import { Id } from '../../domain/identifiers.ts';
import { ShownEdit } from '../../domain/images/image-edit.ts';

/** A JPEG with the edits of an image, as `Copy` describes it. */
const EditedCopy = z.strictObject({
  /** The S3 key of what it is drawn from. */
  source: z.string(),
  width: z.int(),
  quality: z.int().optional(),
  edit: ShownEdit.shape.steps.unwrap(),
});

/** A file of an archive. */
const ManifestEntry = z.strictObject({
  /** The S3 key of its content; without one, the content is `text`, or else the checksums of the files before it. */
  key: z.string().optional(),
  text: z.string().optional(),
  name: z.string(),
  bytes: z.int(),
  crc32: z.int().optional(),
  /** Stands for the content. It is made before the archive is written: until then, `key` and `bytes` are those of the original. */
  copy: EditedCopy.optional(),
  /** A local time in the UTC fields of the date (see `ZipEntry`). */
  modified: z.coerce.date(),
});
export type ManifestEntry = z.infer<typeof ManifestEntry>;

/** The contents of an archive: everything that its writer needs. */
export const Manifest = z.strictObject({
  /** As in `StoredExport`. */
  batchId: Id.optional(),
  fileName: z.string(),
  entries: z.array(ManifestEntry),
});
export type Manifest = z.infer<typeof Manifest>;
