import { describe, expect, test } from 'vitest';
import { type AttributeMatch, combineDateTimes, matches } from '../../../lib/domain/dicom/attribute-match.ts';
import type { DicomAttributes } from '../../../lib/domain/dicom/dicom-instance.ts';
import { type StudyList, studyListFor } from '../../../lib/domain/dicom/study-search.ts';

const study: DicomAttributes = {
  '00080020': { vr: 'DA', Value: ['20260310'] },
  '00080030': { vr: 'TM', Value: ['101530.5'] },
  '00080050': { vr: 'SH', Value: ['A.17(b)'] },
  '00080061': { vr: 'CS', Value: ['CT', 'SR'] },
  '00081030': { vr: 'LO', Value: ['Thorax nativ'] },
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^Jean-Luc^^Dr.', Ideographic: '山田^太郎' }] },
  '00100020': { vr: 'LO' },
  '0020000D': { vr: 'UI', Value: ['1.2.3'] },
  '00201206': { vr: 'IS', Value: [2] },
  '00400275': {
    vr: 'SQ',
    Value: [{ '00400009': { vr: 'SH', Value: ['S1'] } }, { '00400009': { vr: 'SH', Value: ['S2'] } }],
  },
};
const found = (tag: string, value: string, isFuzzy = false) =>
  matches(study, { path: tag.split('.') as [string], value, isFuzzy });

describe.each<[tag: string, values: string[], others: string[]]>([
  [
    '00080020',
    ['20260310', '20260301-20260331', '20260310-', '-20260310', '202603', '2026', '2026.03.10'],
    ['20260311', '20260311-', '-20260309', '2025', '20260331-20260301'],
  ],
  [
    '00080030',
    ['101530.5', '10', '1015', '10-11', '-1015', '101530.5-', '10:15', '101530', '101530-101530', '-101530'],
    ['11', '-1014', '1016-', '101531', '101530.6', '-101530.4', '230000-110000'],
  ],
  ['00080050', ['A.17(b)', 'A*', '*17*', 'A?17(b)', '*'], ['A-17(b)', 'a*', 'A.17', '""']],
  ['00080061', ['CT', 'SR', 'MR,CT', 'MR\\SR', 'C*'], ['MR', 'ct']],
  ['00081030', ['Thorax nativ', 'Thorax*', '*'], ['Thorax', 'thorax*']],
  [
    '00100010',
    [
      'müller^jean-luc^^dr.',
      'ＭＵＬＬＥＲ^Jean-Luc^^Dr．',
      'MULLER*',
      'Müller^Jean*',
      '*luc*',
      '山田*',
      'M?ller*',
      '山田^太郎',
      '山?^*',
      '*太郎',
      'Müller^Jean-Luc^^Dr.=山田^太郎',
      'm*=山*',
      '=山田*',
      'm*=',
      '*=*=*',
    ],
    ['Müller', '*anna*', '山田', '山?', 'm*=鈴*', '山田*=m*', '*=*=?'],
  ],
  ['00100020', ['*', '""'], ['P-1001', '?']],
  ['00100030', ['*', '""'], ['19700101', '-']],
  ['0020000D', ['1.2.3', '1.2.4,1.2.3', '1.2.4\\1.2.3'], ['1.2', '1.2.*']],
  ['00201206', ['2', ' 2', '1,2'], ['3', '']],
  ['00400275.00400009', ['S1', 'S2', 'S*'], ['S3']],
])('%s', (tag, values, others) => {
  test.each(values)('%s matches', (value) => expect(found(tag, value)).toBe(true));
  test.each(others)('%s does not match', (value) => expect(found(tag, value)).toBe(false));
});

test('A fuzzy name matches if each of its words is the beginning of a word', () => {
  for (const name of ['jean mull', 'Luc', 'müller', 'dr muller'])
    expect(found('00100010', name, true)).toBe(true);
  for (const name of ['jean maier', 'uller']) expect(found('00100010', name, true)).toBe(false);
});

describe('A name matches in any script', () => {
  const finds = (name: object, value: string, isFuzzy = false) =>
    matches({ '00100010': { vr: 'PN', Value: [name] } }, { path: ['00100010'], value, isFuzzy });

  test.each([
    ['Δοκιμη^Άλφα', 'δοκ*', 'ΔΟΚΙΜ?^αλφα', 'αλφα'],
    ['Ёлкин^Иван', 'елк*', 'Ёлк??^Иван', 'иван'],
    ['시험^하나', '시험*', '시?^하?', '하나'],
    ['𠮷野^太郎', '𠮷*', '?野^*', '太郎'],
    ['קבני^טל', 'קב*', '????^טל', 'טל'],
  ])('%s', (name, start, characters, word) => {
    for (const group of ['Alphabetic', 'Ideographic', 'Phonetic']) {
      const names = { Alphabetic: 'Other^One', [group]: name };
      for (const pattern of [name, start, characters]) expect(finds(names, pattern), pattern).toBe(true);
      expect(finds(names, word)).toBe(false);
      expect(finds(names, word, true)).toBe(true);
      expect(finds(names, `${word}x`, true)).toBe(false);
    }
  });

  test('in which a wildcard stands for a syllable, and a syllable matches no other', () => {
    expect(finds({ Alphabetic: '심^하나' }, '시*')).toBe(false);
    expect(finds({ Alphabetic: '시험' }, '????')).toBe(false);
  });
});

describe('A range of a date and a range of its time are one combined range', () => {
  const at = (date: string, time?: string): DicomAttributes => ({
    '00080020': { vr: 'DA', Value: [date] },
    '00080030': { vr: 'TM', ...(time && { Value: [time] }) },
  });
  const isFound = (attributes: DicomAttributes, dates: string, times: string) =>
    combineDateTimes([
      { path: ['00080030'], value: times },
      { path: ['00080020'], value: dates },
    ]).every((match) => matches(attributes, match));
  const midnight = at('20251106', '235959.5');

  test.each([
    ['20251106-20251107', '230000-010000'],
    ['20251105-20251107', '100000-180000'],
    ['20251106-20251106', '2359-2359'],
    ['20251106-', '2359-'],
    ['20251105-', '235959.9-'],
    ['-20251107', '-01'],
    ['-20251106', '-2359'],
  ])('%s at %s matches', (dates, times) => expect(isFound(midnight, dates, times)).toBe(true));

  test.each([
    ['20251107-20251108', '000000-010000'],
    ['20251105-20251106', '100000-180000'],
    ['20251106-', '235959.6-'],
    ['-20251106', '-2358'],
    ['20251106-20251106', '230000-010000'],
    // Not in the same form: each is matched alone.
    ['20251105-20251107', '-180000'],
    ['20251106', '000000-230000'],
    ['-20251107', '230000'],
  ])('%s at %s does not match', (dates, times) => expect(isFound(midnight, dates, times)).toBe(false));

  test('in which a day without a time matches any time of that day', () => {
    expect(isFound(at('20251106'), '20251106-20251107', '230000-010000')).toBe(true);
    expect(isFound(at('20251108'), '20251106-20251107', '230000-010000')).toBe(false);
  });

  test.each([
    ['00080021', '00080031'],
    ['00080012', '00080013'],
    ['00080022', '00080032'],
    ['00080023', '00080033'],
    ['00400244', '00400245'],
  ])('also of %s and %s', (date, time) => {
    const search: AttributeMatch[] = [
      { path: [date], value: '20251106-20251107' },
      { path: [time], value: '230000-010000' },
    ];
    const attributes = {
      [date]: { vr: 'DA', Value: ['20251107'] },
      [time]: { vr: 'TM', Value: ['0030'] },
    };
    expect(combineDateTimes(search)).toHaveLength(1);
    expect(combineDateTimes(search).every((match) => matches(attributes, match))).toBe(true);
  });
});

describe('A search starts with the list that is probably the shortest', () => {
  const listFor = (search: Record<string, string>, own?: string) =>
    studyListFor(
      Object.entries(search).map(([tag, value]): AttributeMatch => ({ path: [tag], value })),
      own,
    );
  const march = ['20260301', '20260331'];

  test.each<[search: Record<string, string>, list: object]>([
    [{}, { by: 'date', dates: undefined }],
    [
      { '0020000D': '1.2,1.3', '00100020': 'P' },
      { by: 'uids', uids: ['1.2', '1.3'] },
    ],
    [
      { '00100020': 'P-1', '00080020': '20260301-20260331' },
      { by: 'patient', patientId: 'P-1', alsoUnassigned: true, dates: march },
    ],
    [{ '00100020': 'P-*' }, { by: 'date', dates: undefined }],
    [{ '4E471002': 'UNASSIGNED' }, { by: 'unassigned', dates: undefined }],
    [
      { '00080050': 'A1', '00080061': 'CT' },
      { by: 'accession', accession: 'A1' },
    ],
    [
      { '00080061': 'CT', '00080020': '20260301-20260331' },
      { by: 'modality', modality: 'CT', dates: march },
    ],
    [{ '00080061': 'CT,MR' }, { by: 'date', dates: undefined }],
    [{ '00080020': '2026-' }, { by: 'date', dates: ['20260000', '99999999'] }],
    [{ '00080020': '-20260331' }, { by: 'date', dates: ['00000000', '20260331'] }],
    [
      { '00100010': '*müller*', '00080020': '20260301-20260331' },
      { by: 'date', dates: march },
    ],
    [{ '00100010': '*=*' }, { by: 'date', dates: undefined }],
    [{ '00100010': '""' }, { by: 'date', dates: undefined }],
    [{ '00080020': '20260331-20260301' }, { by: 'uids', uids: [] }],
    [{ '0020000D': `1.2,${'1'.repeat(65)},x` }, { by: 'uids', uids: ['1.2'] }],
  ])('%j', (search, list) => expect(listFor(search)).toEqual(list));

  test('which is always the patient’s own list if a patient searches', () => {
    expect(listFor({ '00080050': 'A1' }, 'P-1')).toEqual({
      by: 'patient',
      patientId: 'P-1',
      alsoUnassigned: false,
      dates: undefined,
    });
    expect(listFor({ '00100020': 'P-2' }, 'P-1')).toMatchObject({ patientId: 'P-1' });
    expect(listFor({ '00100020': 'p-2 ' })).toMatchObject({ patientId: 'P-2' });
  });

  test('or the list of names by their first letters, without accents and in capitals', () => {
    const list = listFor({ '00100010': 'Mül?er*Jean*' }) as StudyList & { by: 'name' };
    expect(list).toMatchObject({ by: 'name', prefix: 'MUL' });
    expect(['MULLER^JEAN', 'MULTER^JEANNE'].every(list.matches)).toBe(true);
    expect(['MULLER^ANNA', 'MAIER^JEAN'].some(list.matches)).toBe(false);
    for (const [name, prefix] of [
      ['山田*', '山田'],
      ['Δοκ*', 'ΔΟΚ'],
      ['=시험*', '시험'],
    ])
      expect(listFor({ '00100010': name ?? '' })).toMatchObject({ by: 'name', prefix });
  });
});
