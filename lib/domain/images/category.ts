import * as z from 'zod';
import { DomainError } from '../errors.ts';

/** What a photograph shows: the id of a category. Each clinic has its own list of them, see `Clinic`. */
export const Category = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_]{0,39}$/, 'must be the id of a category')
  .describe("One of the clinic's categories, which `/config.json` lists.")
  .meta({ examples: ['posterior'] });
export type Category = z.infer<typeof Category>;

/** The faults of a category that this clinic does not have. */
export const categoryFaults = (
  category: string | undefined,
  categories: readonly string[],
  field = 'category',
): string[] =>
  category === undefined || categories.includes(category)
    ? []
    : [`${field} must be one of ${categories.join(', ')}; received "${category}"`];

/**
 * Refuses a category that this clinic does not have.
 *
 * @throws DomainError BAD_REQUEST
 */
export function requireCategory(category: string | undefined, categories: readonly string[]): void {
  requireCategories([{ category }], categories, () => 'category');
}

/**
 * Refuses categories that this clinic does not have, with the faults of all of them.
 *
 * @param fieldOf returns the name of a category's field in the request
 * @throws DomainError BAD_REQUEST
 */
export function requireCategories(
  requested: readonly { category?: string | undefined }[],
  categories: readonly string[],
  fieldOf: (index: number) => string,
): void {
  const details = requested.flatMap(({ category }, index) =>
    categoryFaults(category, categories, fieldOf(index)),
  );
  if (details.length > 0) throw new DomainError('BAD_REQUEST', 'Validation failed', { details });
}
