import { expect, test } from 'vitest';
import { birthDatesIn } from '../../../lib/domain/patients/birth-dates.ts';
import { hasWords, searchWords } from '../../../lib/domain/patients/patient.ts';

const now = new Date('2026-11-29T12:00:00Z');

test.each([
  ['1970-03-21', ['1970-03-21']],
  ['1970-3-21', ['1970-03-21']],
  ['19700321', ['1970-03-21']],
  ['21.03.1970', ['1970-03-21']],
  ['21.3.70', ['1970-03-21']],
  ['1.2.26', ['2026-02-01']],
  ['1.2.27', ['1927-02-01']],
  // The day or the month comes first: both are meant, if both exist.
  ['03/04/1970', ['1970-04-03', '1970-03-04']],
  ['03/21/1970', ['1970-03-21']],
  ['04/04/1970', ['1970-04-04']],
  // The beginning of a date, as the list has it.
  ['1970-03', ['1970-03']],
])('%s means the birth dates %j', (text, dates) => {
  expect(birthDatesIn(text, now)).toEqual(dates);
});

test.each([
  '31.02.1970',
  '1970-13-01',
  '99999999',
  '12345678',
  'P-1001',
  '1970',
  '',
  '21.03.2031',
  '21.03-1970',
  '1.2.3',
])('%j is no birth date', (text) => {
  expect(birthDatesIn(text, now)).toEqual([]);
});

test('Words of a search are found in any order, by their beginnings, in the name, the number and the birth date', () => {
  const patient = {
    patientId: 'P-1001',
    name: { alphabetic: 'van der Berg^Zoë^Maria' },
    birthDate: '1970-03-21',
  };
  for (const text of ['zoe van', 'BERG, zo', 'ma 21.03.1970 p-10', 'Berg 1970-03'])
    expect(hasWords(patient, searchWords(text, now)), text).toBe(true);
  for (const text of ['zoe ander', 'erg', 'zoe 22.03.1970'])
    expect(hasWords(patient, searchWords(text, now)), text).toBe(false);
  expect(searchWords('  , ^ ', now)).toEqual([]);
});
