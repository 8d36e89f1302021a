import * as z from 'zod';

/** The query parameters of every list. */
export const PageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(100).describe('How many at most.'),
  cursor: z.string().max(2048).optional().describe('`next` of the part before.'),
};

/** The `next` field of every list: the cursor of the following page. */
export const Next = z
  .string()
  .nullable()
  .describe('Pass it as `cursor` for the part after this one; null at the end.');

/**
 * A query parameter that may be repeated, or given once with commas: CloudFront accepts URLs of 8,192 bytes, which is
 * 170 ids as repeated parameters, or 220 with commas.
 */
export const repeatable = <T extends z.ZodType<unknown, string>>(item: T, most: number) =>
  // Not a union of text and list: the API document describes the list that comes out, and not any text that goes in.
  z.preprocess((value) => (typeof value === 'string' ? value.split(',') : value), z.array(item).max(most));

/** Whether an archive shows images as they are edited. */
export const AS_EDITED =
  'With the edits of images: each edited one is a JPEG of at most 4000 pixels a side, as `?format=jpeg&edit=` of its bytes. Default: the originals.';

/** The query parameters of deletions that can be undone. */
export const DeletionQuery = z.strictObject({
  erase: z
    .literal('true')
    .optional()
    .describe(
      'Erase it at once and for good (admins). Without it, the deletion can be undone for some days.',
    ),
});
