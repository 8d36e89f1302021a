import * as z from 'zod';

/** The query parameters of every list. */
export const PageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(100).describe('How many at most.'),
  cursor: z.string().max(512).optional().describe('`next` of the part before.'),
};

/** `next` of every list: the cursor of the part after this one. */
export const Next = z
  .string()
  .nullable()
  .describe('Pass it as `cursor` for the part after this one; null at the end.');

/**
 * A query parameter that may be given several times, or once with commas: CloudFront takes 8,192 bytes of URL, which
 * 170 ids fill in the first way and 220 in the second.
 */
export const repeatable = <T extends z.ZodType<unknown, string>>(item: T, most: number) =>
  z
    .union([z.array(z.string()), z.string().transform((text) => text.split(','))])
    .pipe(z.array(item).max(most));
