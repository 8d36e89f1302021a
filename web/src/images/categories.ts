import type { Category } from '../api/types.ts';
import { pageConfig } from '../page-config.ts';

let labels: ReadonlyMap<string, string> | undefined;

const clinicLabels = () => {
  labels ??= new Map(pageConfig().clinic.categories.flatMap(({ categories }) => Object.entries(categories)));
  return labels;
};

/** Whether the clinic has this category; it may have taken it from its list after an image got it. */
export const isListed = (category: Category): boolean => clinicLabels().has(category);

/** The clinic's name of a category; its id if it is not listed. */
export const categoryLabel = (category: Category): string => clinicLabels().get(category) ?? category;
