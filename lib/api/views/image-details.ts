import * as z from 'zod';
import { Day } from '../../domain/identifiers.ts';
import { Category } from '../../domain/images/category.ts';
import { Caption, EyeSide } from '../../domain/images/image.ts';

/** The texts that a person writes about an image, in the field style of the Batches endpoints. */
export const ImageDetails = {
  category: Category.optional(),
  caption: Caption.optional(),
  eye_side: EyeSide.optional(),
  date_taken: Day.nullable().optional().describe('null takes it away.'),
};

/** The position that a person gives an image. Uploads have 0; a lower number moves an image to the front. */
export const ImageOrder = {
  order: z
    .int()
    .min(-2_147_483_648)
    .max(2_147_483_647)
    .optional()
    .meta({ examples: [-1] })
    .describe('The less, the earlier; images of equal order stand in the order of their upload.'),
};
