import * as z from 'zod';
import { Category } from './category.ts';
import { Text } from './identifiers.ts';

/** What a person writes on a picture, in the field style of the Batches endpoints. */
export const ImageDetails = {
  category: Category.optional(),
  caption: Text.max(2000).optional(),
  date_taken: z.iso.date().nullable().optional().describe('null takes it away.'),
};
