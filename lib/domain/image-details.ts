import { Category } from './category.ts';
import { Day } from './identifiers.ts';
import { Caption } from './image.ts';

/** What a person writes on a picture, in the field style of the Batches endpoints. */
export const ImageDetails = {
  category: Category.optional(),
  caption: Caption.optional(),
  date_taken: Day.nullable().optional().describe('null takes it away.'),
};
