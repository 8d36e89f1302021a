import * as z from 'zod';

const metadataJson = z.string().transform((text) => z.record(z.string(), z.string()).parse(JSON.parse(text)));
/** An object, or an earlier version of one. */
export const StoredObject = z.object({
  key: z.string(),
  blob: z.string(),
  size: z.number(),
  etag: z.string(),
  crc32: z.string().nullable(),
  modified_at: z.number(),
  metadata: metadataJson,
});
export type StoredObject = z.infer<typeof StoredObject>;
