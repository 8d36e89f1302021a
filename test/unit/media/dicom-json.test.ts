import { describe, expect, test } from 'vitest';
import { readBulkData } from '../../../lib/media/dicom/parse/bulk-data.ts';
import { dicomJsonText, toDicomJson } from '../../../lib/media/dicom/parse/dicom-json.ts';
import { mainAttributes, mainDicomTags } from '../../../lib/media/dicom/parse/main-tags.ts';
import { readDicom } from '../../../lib/media/dicom/parse/read-dicom.ts';
import { dicomFile, type FixtureElement, imageOf, instance, syntaxes, words } from '../../fixtures/dicoms.ts';

const bulkDataUri = (path: string) => `https://example.org/bulkdata/${path}`;

const jsonOf = (
  elements: FixtureElement[],
  syntax: (typeof syntaxes)[keyof typeof syntaxes] = syntaxes.explicit,
) => toDicomJson(readDicom(dicomFile(elements, syntax)).dataSet, { bulkDataUri });

describe('A value of DICOM JSON is', () => {
  test.each<[string, FixtureElement, unknown]>([
    ['a string, of text', ['00081030', 'LO', 'Skull '], ['Skull']],
    ['many strings, for many values', ['00080008', 'CS', 'ORIGINAL\\PRIMARY'], ['ORIGINAL', 'PRIMARY']],
    ['null if one of many is empty', ['00080008', 'CS', 'ORIGINAL\\\\AXIAL'], ['ORIGINAL', null, 'AXIAL']],
    ['one string with its backslashes, for a text', ['00204000', 'LT', ' a\\b '], [' a\\b']],
    ['a date as it is written', ['00080020', 'DA', '20261121'], ['20261121']],
    ['a number, for DS and IS', ['00281050', 'DS', '40\\-0.5e1'], [40, -5]],
    ['a string, for a DS that is not a number', ['00200013', 'IS', '1A'], ['1A']],
    ['a number, for binary ones', ['00280010', 'US', [512]], [512]],
    ['a number with its sign', ['00189219', 'SS', [-3]], [-3]],
    ['a floating-point number', ['00189087', 'FD', [0.1]], [0.1]],
    ['null, for NaN', ['00189087', 'FD', [Number.NaN]], [null]],
    ['a number, for 64 bits', ['00080302', 'UV', [5]], [5]],
    ['a tag', ['00280009', 'AT', [0x0018, 0x1063]], ['00181063']],
    [
      'an object, for a name',
      ['00100010', 'PN', 'Yamada^Tarou=山田^太郎'],
      [{ Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎' }],
    ],
    ['null, for an empty name', ['00081050', 'PN', 'A^B\\'], [{ Alphabetic: 'A^B' }, null]],
    [
      'an object for each item',
      ['00081140', 'SQ', [[['00081155', 'UI', '1.2']], []]],
      [{ '00081155': { vr: 'UI', Value: ['1.2'] } }, {}],
    ],
    ['absent, without a value', ['00100030', 'DA', ''], undefined],
  ])('%s', (_title, element, Value) => {
    const json = jsonOf([['00080005', 'CS', 'ISO_IR 192'], element]);
    expect(json[element[0]]).toEqual(Value === undefined ? { vr: element[1] } : { vr: element[1], Value });
  });

  test('in base64 if it is small, and by URI if it is large', () => {
    const json = jsonOf([
      ['00420011', 'OB', Uint8Array.of(1, 2, 3, 4)],
      ['00480105', 'SQ', [[['00282000', 'OB', new Uint8Array(1026)]]]],
    ]);
    expect(json['00420011']).toEqual({ vr: 'OB', InlineBinary: 'AQIDBA==' });
    expect(json['00480105']?.Value).toEqual([
      { '00282000': { vr: 'OB', BulkDataURI: 'https://example.org/bulkdata/00480105/1/00282000' } },
    ]);
  });

  test('always by URI, for pixels', () => {
    const uri = { vr: 'OW', BulkDataURI: 'https://example.org/bulkdata/7FE00010' };
    expect(jsonOf(imageOf(2, 1, Uint8Array.of(1, 2)))['7FE00010']).toEqual(uri);
  });

  test('in little endian, for any byte order of the file', () => {
    const lookupTable: FixtureElement = ['00281201', 'OW', Uint8Array.of(1, 2, 3, 4)];
    expect(jsonOf([...instance, lookupTable], syntaxes.bigEndian)['00281201']?.InlineBinary).toBe('AgEEAw==');
  });

  test('present by the data dictionary, if the file does not name its VR', () => {
    const json = jsonOf(
      [...instance, ['00280010', 'US', [7]], ['00091001', 'LO', 'whatever']],
      syntaxes.implicit,
    );
    expect(json['00280010']).toEqual({ vr: 'US', Value: [7] });
    expect(json['00091001']).toEqual({ vr: 'UN', InlineBinary: 'd2hhdGV2ZXI=' });
  });

  test.each([
    [0, 'US', 65_535],
    [1, 'SS', -1],
  ])('with the sign of the pixels (%i), if the standard allows either VR', (representation, vr, value) => {
    const json = jsonOf(
      [
        ['00280103', 'US', [representation]],
        ['00280106', 'US', [65_535]],
      ],
      syntaxes.implicit,
    );
    expect(json['00280106']).toEqual({ vr, Value: [value] });
  });
});

test('Attributes are in ascending order, without group lengths and the file’s meta information', () => {
  const json = jsonOf([['00100000', 'UL', [8]], ...instance, ['00020002', 'UI', '1.2']]);
  expect(Object.keys(json)).toEqual([
    '00080016',
    '00080018',
    '00080060',
    '00100010',
    '00100020',
    '0020000D',
    '0020000E',
  ]);
});

test('In the JSON text, attributes are in ascending order too, also if their tags look like numbers', () => {
  const item: FixtureElement[] = [
    ['00081155', 'UI', '1.2'],
    ['30060045', 'IS', '1'],
  ];
  const json = jsonOf([
    ['00080005', 'CS', 'ISO_IR 192'],
    ['00100010', 'PN', 'Yamada^Tarou=山田^太郎'],
    ['20500020', 'CS', 'IDENTITY'],
    ['30060010', 'SQ', [item, []]],
    ['FFFCFFFC', 'OB', Uint8Array.of(0, 0)],
  ]);
  const text = dicomJsonText(json);
  expect(JSON.parse(text)).toEqual(json);
  expect(text.match(/"[\dA-F]{8}"/g)).toEqual(
    ['00080005', '00100010', '20500020', '30060010', '00081155', '30060045', 'FFFCFFFC'].map(
      (tag) => `"${tag}"`,
    ),
  );
});

describe('Names are decoded from every character set', () => {
  const latin = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

  // PS3.5 H to K, and the same for the alphabets.
  test.each<[string, string, Buffer, object]>([
    [
      'no character set declared, Western',
      '',
      Buffer.from('Müller^Jörg', 'latin1'),
      { Alphabetic: 'Müller^Jörg' },
    ],
    ['no character set declared, UTF-8', '', Buffer.from('Müller^Jörg'), { Alphabetic: 'Müller^Jörg' }],
    ['ISO_IR 100', 'ISO_IR 100', Buffer.from('Buc^Jérôme', 'latin1'), { Alphabetic: 'Buc^Jérôme' }],
    ['ISO-IR 100, misspelt', 'ISO-IR 100', Buffer.from('Buc^Jérôme', 'latin1'), { Alphabetic: 'Buc^Jérôme' }],
    ['ISO_IR 101', 'ISO_IR 101', latin('57 b3 6f 64 61'), { Alphabetic: 'Włoda' }],
    ['ISO_IR 109', 'ISO_IR 109', latin('a1'), { Alphabetic: 'Ħ' }],
    ['ISO_IR 110', 'ISO_IR 110', latin('e0'), { Alphabetic: 'ā' }],
    ['ISO_IR 126', 'ISO_IR 126', latin('c4 e9 ef ed'), { Alphabetic: 'Διον' }],
    ['ISO_IR 127', 'ISO_IR 127', latin('e2 c8 c7 e6 ea'), { Alphabetic: 'قباني' }],
    ['ISO_IR 138', 'ISO_IR 138', latin('f9 f8 e5 ef'), { Alphabetic: 'שרון' }],
    ['ISO_IR 144', 'ISO_IR 144', latin('bb ee da e1 dc'), { Alphabetic: 'Люксм' }],
    ['ISO_IR 148', 'ISO_IR 148', latin('d0 fd'), { Alphabetic: 'Ğı' }],
    ['ISO_IR 166', 'ISO_IR 166', latin('b9 d2 c2'), { Alphabetic: 'นาย' }],
    ['ISO_IR 203', 'ISO_IR 203', latin('a4'), { Alphabetic: '€' }],
    ['ISO_IR 13', 'ISO_IR 13', latin('d4 cf c0 de 5e c0 db b3'), { Alphabetic: 'ﾔﾏﾀﾞ^ﾀﾛｳ' }],
    [
      'ISO_IR 192',
      'ISO_IR 192',
      Buffer.from('Wang^XiaoDong=王^小东'),
      { Alphabetic: 'Wang^XiaoDong', Ideographic: '王^小东' },
    ],
    ['GB18030', 'GB18030', latin('57 3d cd f5 5e d0 a1 b6 ab'), { Alphabetic: 'W', Ideographic: '王^小东' }],
    ['GBK', 'GBK', latin('57 3d cd f5 5e d0 a1 b6 ab'), { Alphabetic: 'W', Ideographic: '王^小东' }],
    [
      'ISO 2022 IR 87',
      '\\ISO 2022 IR 87',
      latin('59 3d 1b2442 3b33 4544 1b2842 5e 1b2442 4240 4f3a 1b2842 3d 1b2442 2464 245e 2440 1b2842'),
      { Alphabetic: 'Y', Ideographic: '山田^太郎', Phonetic: 'やまだ' },
    ],
    [
      'ISO 2022 IR 13 and 87',
      'ISO 2022 IR 13\\ISO 2022 IR 87',
      latin('d4 cf c0 de 3d 1b2442 3b33 4544 1b284a'),
      { Alphabetic: 'ﾔﾏﾀﾞ', Ideographic: '山田' },
    ],
    ['ISO 2022 IR 159', '\\ISO 2022 IR 159', latin('1b242844 3021 1b2842'), { Alphabetic: '丂' }],
    [
      'ISO 2022 IR 149',
      '\\ISO 2022 IR 149',
      latin('48 3d 1b242943 fbf3 5e 1b242943 d1ce d4d7'),
      { Alphabetic: 'H', Ideographic: '洪^吉洞' },
    ],
    [
      'ISO 2022 IR 58',
      '\\ISO 2022 IR 58',
      latin('5a 3d 1b242941 cdf5'),
      { Alphabetic: 'Z', Ideographic: '王' },
    ],
    ['an undeclared extension', '\\ISO 2022 IR 149', latin('1b2442 3b33 1b2842'), { Alphabetic: '山' }],
    [
      'Korean without escape sequences',
      '\\ISO 2022 IR 149',
      latin('48 3d fbf3 5e d1ce d4d7'),
      { Alphabetic: 'H', Ideographic: '洪^吉洞' },
    ],
    [
      'Korean with an escape sequence before the first name only',
      '\\ISO 2022 IR 149',
      latin('48 3d 1b242943 fbf3 5e d1ce d4d7'),
      { Alphabetic: 'H', Ideographic: '洪^吉洞' },
    ],
    ['Korean without the set before it', 'ISO_IR 149', latin('fbf3 5e d1ce'), { Alphabetic: '洪^吉' }],
    ['Korean by another name', 'EUC-KR', latin('fbf3 5e d1ce'), { Alphabetic: '洪^吉' }],
    ['Korean after ASCII', 'ISO 2022 IR 6\\ISO 2022 IR 149', latin('fbf3'), { Alphabetic: '洪' }],
    ['Chinese without escape sequences', '\\ISO 2022 IR 58', latin('cdf5'), { Alphabetic: '王' }],
    ['Greek without escape sequences', '\\ISO 2022 IR 126', latin('c4 e9 ef ed'), { Alphabetic: 'Διον' }],
    ['EUC-JP without escape sequences', '\\ISO 2022 IR 87', latin('bbb3 c5c4'), { Alphabetic: '山田' }],
    ['Shift JIS without escape sequences', '\\ISO 2022 IR 87', latin('8e52 9363'), { Alphabetic: '山田' }],
    [
      'Shift JIS with half-width katakana',
      'ISO 2022 IR 13\\ISO 2022 IR 87',
      latin('d4 cf c0 de 3d 8e52 9363'),
      { Alphabetic: 'ﾔﾏﾀﾞ', Ideographic: '山田' },
    ],
    [
      'UTF-8 by a wrong name',
      '\\ISO 2022 IR 87',
      Buffer.from('Łoś=山田'),
      { Alphabetic: 'Łoś', Ideographic: '山田' },
    ],
    [
      'Korean and Chinese without escape sequences, of which neither is used',
      '\\ISO 2022 IR 149\\ISO 2022 IR 58',
      latin('cdf5'),
      { Alphabetic: 'Íõ' },
    ],
    [
      'Western and Korean without escape sequences, of which the first is used',
      'ISO 2022 IR 100\\ISO 2022 IR 149',
      latin('cdf5'),
      { Alphabetic: 'Íõ' },
    ],
    ['an unknown character set', 'ISO_IR 999', Buffer.from('Müller'), { Alphabetic: 'Müller' }],
  ])('%s', (_title, characterSet, name, expected) => {
    const json = jsonOf([
      ['00080005', 'CS', characterSet],
      ['00100010', 'PN', name],
    ]);
    expect(json['00100010']?.Value).toEqual([expected]);
  });

  test('and an item of a sequence may have its own', () => {
    const name: FixtureElement = ['00100010', 'PN', Buffer.from('e9', 'hex')];
    const json = jsonOf([
      ['00080005', 'CS', 'ISO_IR 100'],
      ['00081140', 'SQ', [[name], [['00080005', 'CS', 'ISO_IR 144'], name]]],
    ]);
    expect(json['00081140']?.Value).toMatchObject([
      { '00100010': { Value: [{ Alphabetic: 'é' }] } },
      { '00100010': { Value: [{ Alphabetic: 'щ' }] } },
    ]);
  });
});

describe('Bulk data', () => {
  const dataOf = (
    elements: FixtureElement[],
    path: string,
    syntax: (typeof syntaxes)[keyof typeof syntaxes] = syntaxes.explicit,
  ) => readBulkData(readDicom(dicomFile(elements, syntax)).dataSet, path);

  test('are found by the path in DICOM JSON', () => {
    const nested: FixtureElement = ['00480105', 'SQ', [[], [['00282000', 'OB', Uint8Array.of(5, 6)]]]];
    expect(dataOf([nested], '00480105/2/00282000')?.parts).toEqual([Buffer.of(5, 6)]);
    expect(dataOf(imageOf(2, 1, Uint8Array.of(1, 2)), '7FE00010')?.parts).toEqual([Buffer.of(1, 2)]);
  });

  test('are in little endian', () => {
    const data = dataOf(
      [...instance, ['7FE00010', 'OW', Buffer.from(words(258)).swap16()]],
      '7FE00010',
      syntaxes.bigEndian,
    );
    expect(data?.parts).toEqual([Buffer.from(words(258))]);
  });

  test('are the fragments of encapsulated pixels, without their offset table', () => {
    const fragments = [new Uint8Array(), Uint8Array.of(1, 2), Uint8Array.of(3, 4)];
    expect(dataOf(imageOf(2, 1, { fragments }), '7FE00010')?.parts).toEqual([
      Buffer.of(1, 2),
      Buffer.of(3, 4),
    ]);
  });

  test.each([
    '',
    '00480105',
    '00480105/1',
    '00480105/0/00282000',
    '00480105/9/00282000',
    '00480105/x/00282000',
    '77770010',
    '../7FE00010',
  ])('do not exist at "%s"', (path) => {
    expect(dataOf([['00480105', 'SQ', [[['00282000', 'OB', Uint8Array.of(5, 6)]]]]], path)).toBeUndefined();
  });
});

describe('Main attributes', () => {
  const { dataSet } = readDicom(
    dicomFile([
      ...instance,
      ['00080005', 'CS', 'ISO_IR 192'],
      ['00280010', 'US', [512]],
      ['00200032', 'DS', '1\\2\\3'],
    ]),
  );

  test('are DICOM JSON by level', () => {
    expect(mainAttributes(dataSet, 'patient')).toEqual({
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Patient^Paula' }] },
      '00100020': { vr: 'LO', Value: ['P-1001'] },
    });
    expect(mainAttributes(dataSet, 'study')['0020000D']).toEqual({ vr: 'UI', Value: ['1.2.3.4'] });
    expect(mainAttributes(dataSet, 'series')).toMatchObject({ '00080060': { Value: ['OT'] } });
  });

  test('are strings by keyword, as in Orthanc', () => {
    expect(mainDicomTags(dataSet, 'instance')).toEqual({
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
      SOPInstanceUID: '1.2.3.4.5',
      ImagePositionPatient: '1\\2\\3',
      Rows: '512',
    });
  });
});
