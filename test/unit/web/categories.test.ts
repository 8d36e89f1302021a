import { expect, test, vi } from 'vitest';
import { DEFAULT_CATEGORIES } from '../../../lib/domain/images/default-categories.ts';
import { categoryLabel, isListed, shownGroups } from '../../../web/src/images/categories.ts';
import english from '../../../web/src/messages/en.json' with { type: 'json' };

const clinic = vi.hoisted(() => ({ categories: [] as typeof DEFAULT_CATEGORIES }));
vi.mock('../../../web/src/page-config.ts', () => ({ pageConfig: () => ({ clinic }) }));
vi.mock('../../../web/src/messages/text.ts', () => ({ text: (id: string) => `[${id}]` }));

const messages: Readonly<Record<string, string>> = english;

test('Each category and group of the default list has a message, so that it is translated', () => {
  const [ids, groups] = [[...ofPlace('category')], [...ofPlace('category-group')]];
  const labels = DEFAULT_CATEGORIES.flatMap(({ categories }) => Object.entries(categories));
  expect(Object.fromEntries(ids)).toEqual(Object.fromEntries(labels));
  expect(groups.map(([, label]) => label).sort()).toEqual(
    DEFAULT_CATEGORIES.map(({ group }) => group).sort(),
  );
});

test('A label of the default list is translated, and a clinic’s own label is shown as it is', () => {
  clinic.categories = [
    { group: 'Lateral views', categories: { left_lat: 'Left Lat', right_lat: 'From the right' } },
    { group: 'Wounds', categories: { foot: 'Foot', other: 'Other' } },
  ];
  expect(shownGroups()).toEqual([
    {
      group: '[category-group.lateral-views]',
      categories: [
        ['left_lat', '[category.left_lat]'],
        ['right_lat', 'From the right'],
      ],
    },
    {
      group: 'Wounds',
      categories: [
        ['foot', 'Foot'],
        ['other', '[category.other]'],
      ],
    },
  ]);
  expect(categoryLabel('left_lat')).toBe('[category.left_lat]');
  expect([isListed('shoe'), categoryLabel('shoe')]).toEqual([false, 'shoe']);
});

/** The messages of a place: what is behind the dot, with the English text. */
function* ofPlace(place: string): Generator<[rest: string, english: string]> {
  for (const [id, message] of Object.entries(messages)) {
    const [start, rest = ''] = id.split('.');
    if (start === place) yield [rest, message];
  }
}
