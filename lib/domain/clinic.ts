import * as z from 'zod';
import { Category } from './images/category.ts';
import { DEFAULT_CATEGORIES } from './images/default-categories.ts';

const Label = z.string().trim().min(1).max(80);

/** The functions get all ids in a variable of their environment (Lambda quotas: 4 KB for all variables). */
const CATEGORY_ID_CHARACTERS = 2000;

/** A group of the category menu: labels by the ids of their categories, in the order of the menu. */
const CategoryGroup = z.strictObject({
  group: Label,
  categories: z.record(Category, Label).meta({ examples: [{ posterior: 'Posterior' }] }),
});
export type CategoryGroup = z.infer<typeof CategoryGroup>;

/** The languages of the page (BCP 47). */
export const Language = z.enum(['en', 'de', 'fr', 'es']);
export type Language = z.infer<typeof Language>;

/** Texts by the ids of the page's messages (`web/src/messages`), in ICU MessageFormat. */
const Texts = z.record(
  z.string().regex(/^[a-z-]{1,40}\.[a-z-]{1,60}$/, 'must be the id of a message'),
  z.string().min(1).max(300),
);

/** How a clinic names what it sees in the page. */
export const Clinic = z.strictObject({
  /** Its name, in the page and on printed sheets. */
  name: Label.optional(),
  /** The path of an SVG or PNG file, from the project's folder; 100 kB at most. */
  logo: z
    .string()
    .regex(/\.(svg|png)$/, 'must be the path of an SVG or PNG file')
    .optional(),
  /** What a photograph may show. Images keep a category that is taken from the list later. */
  categories: z
    .array(CategoryGroup)
    .default(DEFAULT_CATEGORIES)
    .refine(
      (groups) => categoryIds(groups).includes('other'),
      'must have the category "other", the one of new images',
    )
    .refine((groups) => isUnique(categoryIds(groups)), 'must have each category once')
    .refine(
      (groups) => categoryIds(groups).join().length <= CATEGORY_ID_CHARACTERS,
      `must have ids of at most ${CATEGORY_ID_CHARACTERS} characters together`,
    ),
  /** What patients read instead of the page's own texts, such as “Visits” for batches. */
  patientTexts: z.partialRecord(Language, Texts).default({}),
});
export type Clinic = z.infer<typeof Clinic>;

/** The ids of all categories, in the order of the menu. */
export const categoryIds = (groups: readonly CategoryGroup[]): Category[] =>
  groups.flatMap(({ categories }) => Object.keys(categories));

const isUnique = (values: readonly string[]) => new Set(values).size === values.length;
