import * as z from 'zod';
import { Id } from '../../domain/identifiers.ts';

/** A file of an archive. */
const ManifestEntry = z.strictObject({
  /** The S3 key of its content; without one, the content is `text`, or else the checksums of the files before it. */
  key: z.string().optional(),
  text: z.string().optional(),
  name: z.string(),
  bytes: z.int(),
  crc32: z.int().optional(),
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
