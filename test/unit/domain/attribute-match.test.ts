import { describe, expect, test } from 'vitest';
import { type AttributeMatch, matches } from '../../../lib/domain/dicom/attribute-match.ts';
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
    ['20260311', '20260311-', '-20260309', '2025'],
  ],
  [
    '00080030',
    ['101530.5', '10', '1015', '10-11', '-1015', '101530.5-', '10:15'],
    ['11', '-1014', '1016-', '101531'],
  ],
  ['00080050', ['A.17(b)', 'A*', '*17*', 'A?17(b)', '*'], ['A-17(b)', 'a*', 'A.17', '""']],
  ['00080061', ['CT', 'SR', 'MR,CT', 'MR\\SR', 'C*'], ['MR', 'ct']],
  ['00081030', ['Thorax nativ', 'Thorax*', '*'], ['Thorax', 'thorax*']],
  [
    '00100010',
    ['müller^jean-luc^^dr.', 'MULLER*', 'Müller^Jean*', '*luc*', '山田*', 'M?ller*'],
    ['Müller', '*anna*'],
  ],
  ['00100020', ['*', '""'], ['P-1001', '?']],
  ['00100030', ['*', '""'], ['19700101', '-']],
  ['0020000D', ['1.2.3', '1.2.4,1.2.3', '1.2.4\\1.2.3'], ['1.2', '1.2.*']],
  ['00201206', ['2', ' 2', '1,2'], ['3', '']],
  ['00400275.00400009', ['S1', 'S2', 'S*'], ['S3']],
])('%s', (tag, values, others) => {
  test.each(values)('%s finds it', (value) => expect(found(tag, value)).toBe(true));
  test.each(others)('%s does not', (value) => expect(found(tag, value)).toBe(false));
});

test('A fuzzy name is one of which each word begins one', () => {
  for (const name of ['jean mull', 'Luc', 'müller', 'dr muller'])
    expect(found('00100010', name, true)).toBe(true);
  for (const name of ['jean maier', 'uller']) expect(found('00100010', name, true)).toBe(false);
});

describe('A search begins with the list that is likely to be the shortest', () => {
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
    [{ '00100010': '山田*' }, { by: 'date', dates: undefined }],
  ])('%j', (search, list) => expect(listFor(search)).toEqual(list));

  test('which is always the patient’s own where they search', () => {
    expect(listFor({ '00080050': 'A1' }, 'P-1')).toEqual({
      by: 'patient',
      patientId: 'P-1',
      alsoUnassigned: false,
      dates: undefined,
    });
    expect(listFor({ '00100020': 'P-2' }, 'P-1')).toMatchObject({ patientId: 'P-1' });
  });

  test('of names by how they begin, without accents and in capitals', () => {
    const list = listFor({ '00100010': 'Mül?er*Jean*' }) as StudyList & { by: 'name' };
    expect(list).toMatchObject({ by: 'name', prefix: 'MUL' });
    expect(['MULLER^JEAN', 'MULTER^JEANNE'].every(list.fits)).toBe(true);
    expect(['MULLER^ANNA', 'MAIER^JEAN'].some(list.fits)).toBe(false);
  });
});
