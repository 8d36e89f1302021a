import { describe, expect, test } from 'vitest';
import { DicomUid } from '../../../lib/domain/dicom/uids.ts';
import { describePixels } from '../../../lib/media/dicom/parse/describe-pixels.ts';
import { instanceIdentifiers, isUid } from '../../../lib/media/dicom/parse/identifiers.ts';
import { MoreBytesNeeded } from '../../../lib/media/dicom/parse/more-bytes-needed.ts';
import { numberValues } from '../../../lib/media/dicom/parse/number-values.ts';
import { orthancIds } from '../../../lib/media/dicom/parse/orthanc-ids.ts';
import { readDicom, readDicomHeader } from '../../../lib/media/dicom/parse/read-dicom.ts';
import { textValue, textValues } from '../../../lib/media/dicom/parse/text-values.ts';
import { RejectedImage } from '../../../lib/media/rejected-image.ts';
import {
  dataSetBytes,
  dicomFile,
  encapsulated,
  type FixtureElement,
  imageOf,
  instance,
  syntaxes,
} from '../../fixtures/dicoms.ts';

const sequence: FixtureElement = [
  '00081140',
  'SQ',
  [[['00081155', 'UI', '1.2.3']], [['00081155', 'UI', '1.2.4']]],
];
const elements: FixtureElement[] = [
  ...instance,
  sequence,
  ['00200013', 'IS', '7 '],
  ['00280010', 'US', [3]],
  ['00181310', 'US', [0, 256, 256, 0]],
];

/** The bytes of an element in explicit VR little endian, with any values. */
const raw = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const undefinedLength = 'ffffffff';
const part10 = (...parts: Uint8Array[]) => Buffer.concat([dicomFile([]).subarray(0, 132), ...parts]);

describe('A file is read', () => {
  test.each(Object.entries(syntaxes))('in %s', (_title, syntax) => {
    const { dataSet, transferSyntax } = readDicom(dicomFile(elements, syntax));
    expect(transferSyntax.uid).toBe(syntax.uid);
    expect(textValue(dataSet, '00100010')).toBe('Patient^Paula');
    expect(textValue(dataSet, '00200013')).toBe('7');
    expect(numberValues(dataSet, '00181310')).toEqual([0, 256, 256, 0]);
    const items = dataSet.elements.get('00081140')?.items ?? [];
    expect(items.map((item) => textValue(item, '00081155'))).toEqual(['1.2.3', '1.2.4']);
  });

  test.each([
    ['implicit VR', syntaxes.implicit, '1.2.840.10008.1.2'],
    ['explicit VR', syntaxes.explicit, '1.2.840.10008.1.2.1'],
    ['big endian', syntaxes.bigEndian, '1.2.840.10008.1.2.2'],
  ])('without preamble and meta information, in %s', (_title, syntax, uid) => {
    const { dataSet, meta, transferSyntax } = readDicom(dataSetBytes(elements, syntax));
    expect(meta.elements.size).toBe(0);
    expect(transferSyntax.uid).toBe(uid);
    expect(textValue(dataSet, '0020000D')).toBe('1.2.3.4');
  });

  test('that has the prefix and no preamble', () => {
    expect(textValue(readDicom(dicomFile(elements).subarray(128)).dataSet, '00100020')).toBe('P-1001');
  });

  test('whose sequences have undefined length', () => {
    const item = `feff00e0 ${undefinedLength} 08005511 55490400 312e3200 feff0de0 00000000`;
    const bytes = raw(`08004011 53510000 ${undefinedLength} ${item} ${item} feffdde0 00000000`);
    const { dataSet } = readDicom(Buffer.concat([dicomFile(instance).subarray(0, 132), metaExplicit, bytes]));
    expect(dataSet.elements.get('00081140')?.items?.map((each) => textValue(each, '00081155'))).toEqual([
      '1.2',
      '1.2',
    ]);
  });

  test('whose sequence lost its VR on the way, so that it is UN in implicit VR', () => {
    const item = `feff00e0 ${undefinedLength} 08005511 04000000 312e3200 feff0de0 00000000`;
    const bytes = raw(`08004011 554e0000 ${undefinedLength} ${item} feffdde0 00000000`);
    const { dataSet } = readDicom(Buffer.concat([dicomFile(instance).subarray(0, 132), metaExplicit, bytes]));
    expect(dataSet.elements.get('00081140')?.items?.map((each) => textValue(each, '00081155'))).toEqual([
      '1.2',
    ]);
  });

  test('and an element of VR UN has the VR of the data dictionary', () => {
    const { dataSet } = readDicom(dicomFile([...instance, ['00281050', 'UN', Buffer.from('40')]]));
    expect(numberValues(dataSet, '00281050')).toEqual([40]);
  });

  test('with zeros after its last element', () => {
    expect(readDicom(Buffer.concat([dicomFile(elements), Buffer.alloc(100)])).dataSet.elements.size).toBe(11);
  });

  test('with one delimiter too many after its last sequence, and zeros after that', () => {
    const end = raw('feffdde0 00000000');
    for (const more of [end, Buffer.concat([end, raw('feff0de0 00000000'), end, Buffer.alloc(100)])])
      expect(readDicom(Buffer.concat([dicomFile(elements), more])).dataSet.elements.size).toBe(11);
    const between = Buffer.concat([dicomFile(elements), end, dataSetBytes([['00400001', 'SH', 'X']])]);
    expect(() => readDicom(between)).toThrow('a delimiter of a sequence (FFFE,E0DD) where no sequence is');
  });

  test('with text in an element that the dictionary calls a sequence, where the file has no VR', () => {
    const text: FixtureElement = ['0040A170', 'CS', 'NAMED TYPE'];
    const { dataSet } = readDicom(dicomFile([...elements, text, ['00400001', 'AE', 'A']], syntaxes.implicit));
    expect(dataSet.elements.get('0040A170')).toMatchObject({ vr: 'UN', length: 10 });
    expect(textValue(dataSet, '00400001')).toBe('A');
  });

  test('with spaces instead of a VR', () => {
    const blank = raw('28002001 2020 0200 0700');
    const bytes = Buffer.concat([dicomFile(elements), blank, dataSetBytes([['00281054', 'LO', 'HU']])]);
    const { dataSet } = readDicom(bytes);
    expect(numberValues(dataSet, '00280120')).toEqual([7]);
    expect(textValue(dataSet, '00281054')).toBe('HU');
  });

  test('without preamble, with the letters of the prefix in a text at the same offset', () => {
    const text: FixtureElement = ['00080005', 'CS', `${'A'.repeat(120)}DICM rest`];
    const bytes = dataSetBytes([...elements, text]);
    expect(bytes.subarray(128, 132).toString()).toBe('DICM');
    expect(textValue(readDicom(bytes).dataSet, '00100020')).toBe('P-1001');
  });

  test('and of a duplicate element, the first counts', () => {
    const twice = Buffer.concat([dicomFile(instance), dataSetBytes([['0020000E', 'UI', '6.6.6']])]);
    expect(textValue(readDicom(twice).dataSet, '0020000E')).toBe('1.2.3.4.1');
  });
});

const metaExplicit = dicomFile([]).subarray(132);

describe('The header alone is read', () => {
  const file = dicomFile(imageOf(100, 100, new Uint8Array(10_000)));

  test('from the beginning of a file', () => {
    const { dataSet } = readDicomHeader(file.subarray(0, 600), file.length);
    expect(textValue(dataSet, '00100020')).toBe('P-1001');
    expect(dataSet.elements.get('7FE00010')).toMatchObject({ length: 10_000, isBeyond: true });
  });

  test('but not from a beginning that is too short', () => {
    for (const length of [0, 100, 140, 200, 300])
      expect(() => readDicomHeader(file.subarray(0, length), file.length)).toThrow(MoreBytesNeeded);
  });

  test('of a deflated file too, which needs the whole file at worst', () => {
    const deflated = dicomFile(imageOf(100, 100, new Uint8Array(10_000)), syntaxes.deflated);
    expect(() => readDicomHeader(deflated.subarray(0, 180), deflated.length)).toThrow(MoreBytesNeeded);
    expect(textValue(readDicomHeader(deflated, deflated.length).dataSet, '00100020')).toBe('P-1001');
  });

  test('and the reader knows whether the pixels that it declares are there', () => {
    const header = (pixels: number, more: FixtureElement[] = []) => {
      const whole = dicomFile([...imageOf(100, 100, new Uint8Array(pixels)), ...more]);
      return readDicomHeader(whole.subarray(0, 600), whole.length);
    };
    expect(() => describePixels(header(9_998))).toThrow('take 10000 bytes, and it has 9998');
    const halved: FixtureElement[] = [
      ['00280002', 'US', [3]],
      ['00280004', 'CS', 'YBR_FULL_422'],
      ['00280006', 'US', [0]],
    ];
    expect(describePixels(header(20_000, halved))?.frameBytes).toBe(20_000);
    expect(() => describePixels(header(19_998, halved))).toThrow('take 20000 bytes, and it has 19998');
  });

  test('and a file that ends before its pixels do is refused', () => {
    expect(() => readDicomHeader(file.subarray(0, 600), file.length - 50)).toThrow(
      '(7FE0,0010) claims 10000 bytes, the file has only 9950 left',
    );
  });
});

describe('A file is refused', () => {
  const reasonOf = (bytes: Uint8Array): string => {
    try {
      readDicom(bytes, { depth: 10, elements: 1000, inflatedBytes: 1024 * 1024 });
    } catch (error) {
      expect(error).toBeInstanceOf(RejectedImage);
      return (error as RejectedImage).reason;
    }
    return 'it was read';
  };

  test.each([
    [
      'that is empty',
      Buffer.alloc(0),
      'This is no DICOM file: it has neither the mark of one nor data elements.',
    ],
    ['that is text', Buffer.from('Hello, this is a letter.'), 'This is no DICOM file'],
    ['that is a photograph', raw('ffd8ffe000104a46494600010100000100010000'), 'This is no DICOM file'],
    ['that ends after its prefix', part10(), 'it has no data set'],
    [
      'that ends within an element',
      dicomFile(elements).subarray(0, -1),
      'claims 2 bytes, the file has only 1 left',
    ],
    [
      'that ends within a header',
      dicomFile(elements).subarray(0, -5),
      'it ends in the middle of the element',
    ],
    [
      'with a wrong length',
      part10(metaExplicit, raw('08001600 554e0000 feffffff 3132')),
      'claims 4294967294 bytes',
    ],
    [
      'whose item is longer than its sequence',
      part10(metaExplicit, raw('08004011 53510000 08000000 feff00e0 ff000000 08006000 43530000')),
      'what is around it has only 0 left',
    ],
    [
      'whose sequence never ends',
      part10(metaExplicit, raw(`08004011 53510000 ${undefinedLength} feff00e0 00000000`)),
      'incomplete',
    ],
    [
      'with a misplaced delimiter',
      part10(metaExplicit, raw('feff0de0 00000000 08000500 43530000')),
      'a delimiter of a sequence (FFFE,E00D)',
    ],
    [
      'whose sequence has an element that is not an item',
      part10(metaExplicit, raw('08004011 53510000 08000000 08000500 00000000')),
      '(0008,0005) instead of an item',
    ],
    [
      'with an undefined length where it is not allowed',
      part10(metaExplicit, raw(`08000500 55540000 ${undefinedLength}`)),
      'of undefined length',
    ],
    [
      'that claims to be deflated',
      part10(dicomFile([], encapsulated(syntaxes.deflated.uid)).subarray(132), raw('ffffffffffffffff')),
      'can’t be unfolded',
    ],
  ])('%s', (_title, bytes, reason) => {
    expect(reasonOf(bytes)).toContain(reason);
  });

  test('that nests sequences too deep', () => {
    const nested = Buffer.from(
      `08004011 53510000 ${undefinedLength} feff00e0 ${undefinedLength}`.replaceAll(' ', ''),
      'hex',
    );
    const bytes = part10(metaExplicit, ...Array.from({ length: 50_000 }, () => nested));
    expect(reasonOf(bytes)).toBe('This DICOM file nests sequences deeper than the 10 allowed.');
    expect(() => readDicom(bytes)).toThrow('deeper than the 64 allowed');
  });

  test('that has more elements than the limit', () => {
    const items = Buffer.concat(Array.from({ length: 2000 }, () => raw('feff00e0 00000000')));
    const bytes = part10(metaExplicit, raw(`08004011 53510000 ${undefinedLength}`), items);
    expect(reasonOf(bytes)).toBe('This DICOM file has more than the 1000 data elements allowed.');
  });

  test('that is almost all zeros, at once', () => {
    const bytes = part10(metaExplicit, new Uint8Array(20_000_000), Uint8Array.of(1));
    expect(() => readDicom(bytes)).toThrow('more than the 500000 data elements allowed');
  });

  test('that inflates to more than the limit', () => {
    const bytes = dicomFile([...instance, ['00420011', 'OB', new Uint8Array(2_000_000)]], syntaxes.deflated);
    expect(bytes.length).toBeLessThan(5000);
    expect(reasonOf(bytes)).toBe('This DICOM file unfolds to more than the 1 MB allowed.');
  });
});

describe('Identifiers', () => {
  const identifiersOf = (...more: FixtureElement[]) =>
    instanceIdentifiers(readDicom(dicomFile([...instance, ...more])).dataSet);

  test('are read', () => {
    expect(identifiersOf()).toEqual({
      patient: { id: 'P-1001', issuer: null },
      studyInstanceUid: '1.2.3.4',
      seriesInstanceUid: '1.2.3.4.1',
      sopInstanceUid: '1.2.3.4.5',
      sopClassUid: '1.2.840.10008.5.1.4.1.1.7',
    });
    expect(identifiersOf(['00100020', 'LO', '']).patient.id).toBeNull();
  });

  test('may be padded by a space as well', () => {
    expect(identifiersOf(['0020000D', 'UI', '1.2.5 ']).studyInstanceUid).toBe('1.2.5');
  });

  test.each([
    ['', 'has no StudyInstanceUID'],
    ['../../etc/passwd', 'a StudyInstanceUID that is no identifier'],
    ['1.a.3', 'a StudyInstanceUID that is no identifier'],
    ['1.2\\1.3', 'a StudyInstanceUID that is no identifier'],
    [`1.${'2'.repeat(63)}`, 'a StudyInstanceUID that is no identifier'],
  ])('of the form "%s" are refused', (uid, reason) => {
    expect(() => identifiersOf(['0020000D', 'UI', uid])).toThrow(reason);
  });

  test.each(['1.2.840.10008.1.2', '0.0', '1.02.003', '111', '2.25.329800735698586629295641978511506172918'])(
    '%s is valid, in files and in paths',
    (uid) => {
      expect([isUid(uid), DicomUid.safeParse(uid).success]).toEqual([true, true]);
    },
  );

  test.each(['', '.1', '1.', '1..2', '1.2.a', '1.2 ', '-1.2', `1.${'2'.repeat(63)}`])(
    '"%s" is invalid, in files and in paths',
    (uid) => {
      expect([isUid(uid), DicomUid.safeParse(uid).success]).toEqual([false, false]);
    },
  );

  test('of a DICOMDIR are not read', () => {
    expect(() => identifiersOf(['00041220', 'SQ', []])).toThrow(
      'This is a DICOMDIR, the list of contents of a medium',
    );
  });

  test('of Orthanc are the SHA-1 of the DICOM ones', () => {
    // printf 'P-1001|1.2.3.4|1.2.3.4.1|1.2.3.4.5' | sha1sum
    const ids = orthancIds(identifiersOf());
    expect(ids).toEqual({
      patient: '5b7adace-d97c7594-36e77876-d047e9b0-fa2308cb',
      study: '2f62537f-86ce6a9c-d3d8c928-cba3a9d8-e4e89be6',
      series: '917c1c19-2feb5fc6-d07af1a0-585c2d7b-068da9d8',
      instance: 'c2ed358f-4b30fd71-eb8d206f-44ca885a-e85419c2',
    });
  });
});

test('Values between backslashes are many, without their padding', () => {
  const { dataSet } = readDicom(
    dicomFile([...instance, ['00080008', 'CS', 'ORIGINAL \\ PRIMARY\\\\AXIAL'], ['00081080', 'LO', '']]),
  );
  expect(textValues(dataSet, '00080008')).toEqual(['ORIGINAL', 'PRIMARY', '', 'AXIAL']);
  expect(textValues(dataSet, '00081080')).toEqual([]);
  expect(textValue(dataSet, '00081080')).toBeUndefined();
});
