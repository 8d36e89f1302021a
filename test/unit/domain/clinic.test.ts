import { expect, test } from 'vitest';
import { Clinic, categoryIds } from '../../../lib/domain/clinic.ts';
import { categoryFaults, requireCategories } from '../../../lib/domain/images/category.ts';

const listOf = (...ids: string[]) => [
  { group: 'All', categories: Object.fromEntries(ids.map((id) => [id, id])) },
];
const faultsOf = (value: unknown) => Clinic.safeParse(value).error?.issues.map(({ message }) => message);

test('A clinic that sets nothing has the default categories', () => {
  const ids = categoryIds(Clinic.parse({}).categories);
  expect(ids).toHaveLength(24);
  expect(ids).toContain('other');
});

test.each([
  ['no category of new images', listOf('mole'), /"other"/],
  ['a category twice', [...listOf('other', 'mole'), ...listOf('mole')], /each category once/],
  ['an id that is no id', listOf('other', 'Left foot'), /Invalid key/],
  [
    'ids of more than an environment may have',
    listOf('other', ...Array.from({ length: 60 }, (_value, i) => `c${i}`.padEnd(40, '0'))),
    /2000 characters/,
  ],
])('%s is refused', (_title, categories, message) => {
  expect(faultsOf({ categories })).toEqual([expect.stringMatching(message)]);
});

test('A logo is an SVG or PNG file', () => {
  expect(faultsOf({ logo: 'stages/logo.gif' })).toEqual(['must be the path of an SVG or PNG file']);
});

test('Only a category of the clinic is accepted; the fault names its field', () => {
  expect(categoryFaults('mole', ['mole', 'other'])).toEqual([]);
  expect(categoryFaults(undefined, ['other'])).toEqual([]);
  const check = () =>
    requireCategories(
      [{ category: 'other' }, { category: 'mole' }],
      ['other'],
      (index) => `files[${index}].category`,
    );
  expect(check).toThrow(
    expect.objectContaining({ details: ['files[1].category must be one of other; received "mole"'] }),
  );
});

test('Patients read what the clinic says, by the id of a message and in a language of the page', () => {
  expect(Clinic.parse({}).patientTexts).toEqual({});
  expect(faultsOf({ patientTexts: { en: { 'batches.list': 'Visits' } } })).toBeUndefined();
  expect(faultsOf({ patientTexts: { it: { 'batches.list': 'Visite' } } })).toHaveLength(1);
  expect(faultsOf({ patientTexts: { en: { Batches: 'Visits' } } })).toEqual(['Invalid key in record']);
  expect(faultsOf({ patientTexts: { en: { 'batches.list': '' } } })).toHaveLength(1);
});
