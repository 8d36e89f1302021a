import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NewDicom } from '../../../lib/domain/dicom/dicom-instance.ts';
import { DomainError } from '../../../lib/domain/errors.ts';
import {
  listedName,
  type Patient,
  PatientDetails,
  PatientName,
  patientFromPerson,
  patientTerms,
  searchTerm,
} from '../../../lib/domain/patients/patient.ts';
import { patientFromDicom } from '../../../lib/domain/patients/patient-from-dicom.ts';
import { searchName } from '../../../lib/domain/patients/search-name.ts';
import { graphemes, patientNames, searchedComponents } from '../../fixtures/patient-names.ts';

const now = new Date('2026-02-03T04:05:06Z');

describe('A name for searches', () => {
  test.each([
    ['Müller', 'MULLER'],
    ['MU\u0308LLER', 'MULLER'],
    ['Παπαδόπουλος', 'ΠΑΠΑΔΟΠΟΥΛΟΣ'],
    ['ＹＡＭＡＤＡ', 'YAMADA'],
    ['ﾔﾏﾓﾄ', 'ヤマモト'],
    ['강', '강'],
    ['straße', 'STRASSE'],
  ])('%s is %s', (name, folded) => {
    expect(searchName(name)).toBe(folded);
    expect(searchName(folded)).toBe(folded);
  });
});

describe('A name in the directory', () => {
  test('loses padding and empty components at the end', () => {
    const name = { alphabetic: ' Yamada ^Tarou^^^ ', ideographic: '^太郎' };
    expect(PatientName.parse(name)).toEqual({ alphabetic: 'Yamada^Tarou', ideographic: '^太郎' });
  });

  test.each([
    ['a group separator', 'Yamada=山田'],
    ['two values', 'Yamada\\Tanaka'],
    ['six components', 'a^b^c^d^e^f'],
    ['nothing', '^^'],
    ['a line break', 'Yamada\nTarou'],
    ['65 characters', 'x'.repeat(65)],
    ['a lone surrogate', '\ud800'],
  ])('with %s is refused', (_what, alphabetic) => {
    expect(PatientName.safeParse({ alphabetic }).success).toBe(false);
  });

  test('with the patient’s own number among the former ones is refused, and so is a number twice', () => {
    const details = PatientDetails.parse({ name: {}, formerNumbers: ['p-1'] });
    expect(() => patientFromPerson(undefined, 'P-1', details, now)).toThrow(DomainError);
    expect(PatientDetails.safeParse({ name: {}, formerNumbers: ['p-1', 'P-1'] }).success).toBe(false);
  });
});

test('A patient is found by each beginning of family, given and middle name in each group, and of the number, and by nothing else', () => {
  const name = {
    alphabetic: 'Yamada^Tarou^Ken^Dr.^Jr.',
    ideographic: '山田^太郎',
    phonetic: 'やまだ^たろう',
  };
  expect(patientTerms({ patientId: 'P-1', name, birthDate: null })).toEqual(
    ['YAMADA', 'TAROU', 'KEN', '山田', '太郎', 'やまだ', 'たろう', 'P-1'].map(searchTerm),
  );
  fc.assert(
    fc.property(patientNames(fc), fc.string({ unit: 'grapheme', maxLength: 4 }), (name, text) => {
      const terms = patientTerms({ patientId: 'P-1', name: PatientName.parse(name), birthDate: null });
      const components = [...searchedComponents(name), 'P-1'];
      for (const component of components) {
        const characters = graphemes(component);
        for (let length = 1; length <= characters.length; length++) {
          const prefix = searchTerm(characters.slice(0, length).join(''));
          expect(terms.some((term) => term.startsWith(prefix))).toBe(true);
        }
      }
      const folded = components.map((component) => searchTerm(component));
      expect(terms.some((term) => term.startsWith(searchTerm(text)))).toBe(
        folded.some((component) => component.startsWith(searchTerm(text))),
      );
    }),
  );
});

describe('A DICOM file', () => {
  const dicom = (
    { name, date, sex }: { name?: object | string; date?: string; sex?: string },
    {
      source = 'clinic',
      patientId = 'P-1',
    }: { source?: 'clinic' | 'patient'; patientId?: string | null } = {},
  ) =>
    ({
      instance: { source },
      study: {
        patientId,
        attributes: {
          ...(name && { '00100010': { vr: 'PN', Value: [name] } }),
          ...(date && { '00100030': { vr: 'DA', Value: [date] } }),
          ...(sex && { '00100040': { vr: 'CS', Value: [sex] } }),
        },
      },
    }) as unknown as NewDicom;
  const entryAfter = (...files: NewDicom[]) =>
    files.reduce<Patient | undefined>(
      (known, file) => patientFromDicom(known, file, now) ?? known,
      undefined,
    );

  test('brings the patient into the directory', () => {
    const name = { Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎', Phonetic: 'やまだ^たろう' };
    expect(entryAfter(dicom({ name, date: '19700321', sex: 'M' }))).toEqual({
      patientId: 'P-1',
      name: { alphabetic: 'Yamada^Tarou', ideographic: '山田^太郎', phonetic: 'やまだ^たろう' },
      birthDate: '1970-03-21',
      sex: 'M',
      formerNumbers: [],
      updatedAt: '2026-02-03T04:05:06.000Z',
      source: 'dicom',
      version: 1,
    });
  });

  test.each([
    ['without any value', {}, { name: {}, birthDate: null, sex: null }],
    ['with dots in the date', { date: '1970.03.21' }, { birthDate: '1970-03-21' }],
    ['with a date that is none', { date: '19700231' }, { birthDate: null }],
    ['with another code', { sex: 'X' }, { sex: null }],
    [
      'with a name that is too long',
      { name: { Alphabetic: 'x'.repeat(100) } },
      { name: { alphabetic: 'x'.repeat(64) } },
    ],
    [
      'with a broken group',
      { name: { Alphabetic: 'a^b^c^d^e^f', Phonetic: 'や' } },
      { name: { phonetic: 'や' } },
    ],
    ['with a name of blanks', { name: { Alphabetic: ' ^ ' } }, { name: {} }],
  ])('%s brings what it has', (_what, file, expected) => {
    const { name = {}, ...others } = expected as Partial<Patient>;
    const entry = entryAfter(dicom(file));
    expect(entry).toMatchObject(others);
    expect(entry?.name).toEqual(name);
  });

  test.each([
    ['again', { name: { Alphabetic: 'Müller^Anna', Ideographic: '試' }, sex: 'F' }],
    ['without accents and in capitals', { name: { Alphabetic: 'MULLER^ANNA' }, sex: 'F' }],
    ['without values', {}],
    ['with blank ones', { name: '', date: '', sex: '' }],
  ])('%s changes nothing', (_what, file) => {
    const known = entryAfter(dicom({ name: { Alphabetic: 'Müller^Anna', Ideographic: '試' }, sex: 'F' }));
    expect(patientFromDicom(known, dicom(file), now)).toBeUndefined();
  });

  test('adds a group to the name, and replaces all groups of another name', () => {
    const first = dicom({ name: { Alphabetic: 'Yamada^Hanako' }, date: '19700321' });
    const second = dicom({ name: { Alphabetic: 'YAMADA^HANAKO', Ideographic: '山田^花子' } });
    expect(entryAfter(first, second)?.name).toEqual({
      alphabetic: 'Yamada^Hanako',
      ideographic: '山田^花子',
    });
    const married = entryAfter(first, second, dicom({ name: { Alphabetic: 'Tanaka^Hanako' } }));
    expect(married).toMatchObject({ birthDate: '1970-03-21', version: 3 });
    expect(married?.name.ideographic).toBeUndefined();
  });

  test('of a patient, of a study of nobody, or after a person wrote the entry changes nothing', () => {
    const file = { name: { Alphabetic: 'Forged^Name' } };
    expect(patientFromDicom(undefined, dicom(file, { source: 'patient' }), now)).toBeUndefined();
    expect(patientFromDicom(undefined, dicom(file, { patientId: null }), now)).toBeUndefined();
    const details = PatientDetails.parse({ name: { alphabetic: 'Right^Name' } });
    const written = patientFromPerson(undefined, 'P-1', details, now);
    expect(patientFromDicom(written, dicom(file), now)).toBeUndefined();
  });
});

test('Patients are listed by the first group that they have', () => {
  expect(listedName({ name: { alphabetic: 'Müller^Anna', ideographic: '試' } })).toBe('MULLER ANNA');
  expect(listedName({ name: { phonetic: 'やまだ' } })).toBe(searchTerm('やまだ'));
  expect(listedName({ name: {} })).toBe('');
});
