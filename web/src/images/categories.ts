import type { Category } from '../api/types.ts';
import english from '../messages/en.json' with { type: 'json' };
import { type MessageId, text } from '../messages/text.ts';
import { pageConfig } from '../page-config.ts';

const isMessage = (id: string): id is MessageId => Object.hasOwn(english, id);

/** A label of the list that the project brings is shown in the page's language; a clinic's own label is shown as it is. */
const shown = (id: string, label: string): string =>
  isMessage(id) && english[id] === label ? text(id) : label;

/** The clinic's groups of categories, in the order of the menu, with the labels as they are shown. */
export const shownGroups = (): { group: string; categories: [category: Category, label: string][] }[] =>
  pageConfig().clinic.categories.map(({ group, categories }) => ({
    // A group has no id.
    group: shown(`category-group.${group.toLowerCase().replaceAll(' ', '-')}`, group),
    categories: Object.entries(categories).map(([id, label]) => [id, shown(`category.${id}`, label)]),
  }));

let labels: ReadonlyMap<string, string> | undefined;

const shownLabels = () => {
  labels ??= new Map(shownGroups().flatMap(({ categories }) => categories));
  return labels;
};

/** Whether the clinic has this category; it may have taken it from its list after an image got it. */
export const isListed = (category: Category): boolean => shownLabels().has(category);

/** The label of a category as it is shown; its id if it is not listed. */
export const categoryLabel = (category: Category): string => shownLabels().get(category) ?? category;
