import * as z from 'zod';
import { Day } from '../../domain/identifiers.ts';
import { Category } from '../../domain/images/category.ts';
import { Caption } from '../../domain/images/image.ts';

/** What a person writes on a picture, in the field style of the Batches endpoints. */
export const ImageDetails = {
  category: Category.optional(),
  caption: Caption.optional(),
  date_taken: Day.nullable().optional().describe('null takes it away.'),
};

/** Where a person puts a picture. Uploads have 0, so that what is moved before others gets less, and new ones come last. */
export const ImageOrder = {
  order: z
    .int()
    .min(-2_147_483_648)
    .max(2_147_483_647)
    .optional()
    .meta({ examples: [-1] })
    .describe('The less, the earlier; images of equal order stand in the order of their upload.'),
};
