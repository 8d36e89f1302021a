import { describe, expect, test } from 'vitest';
import { decodeFrame } from '../../../lib/media/dicom/decode/decode-frame.ts';
import { describePixels } from '../../../lib/media/dicom/parse/describe-pixels.ts';
import { toDicomJson } from '../../../lib/media/dicom/parse/dicom-json.ts';
import { readDicom } from '../../../lib/media/dicom/parse/read-dicom.ts';
import { textValue } from '../../../lib/media/dicom/parse/text-values.ts';
import { toExplicitLittleEndian } from '../../../lib/media/dicom/write/to-explicit-little-endian.ts';
import { codestream, type Encoder } from '../../fixtures/codestreams.ts';
import {
  bits,
  dicomFile,
  encapsulated,
  type FixtureElement,
  imageOf,
  syntaxes,
  words,
} from '../../fixtures/dicoms.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const RLE = '1.2.840.10008.1.2.5';
const COLUMNS = 6;
const ROWS = 4;
const PIXELS = COLUMNS * ROWS;

/** A file with an element of each encoding of values. */
const others: FixtureElement[] = [
  ['00080005', 'CS', 'ISO_IR 192'],
  ['00081110', 'SQ', [[['00081150', 'UI', '1.2.3']], [['00081199', 'SQ', [[['00081155', 'UI', '1.2']]]]]]],
  ['00100010', 'PN', 'Müller^Änne'],
  ['00186018', 'UL', [4_000_000_000]],
  ['00189305', 'FD', [0.25]],
  ['00280009', 'AT', [0x0018, 0x1063]],
  ['00281052', 'DS', '-1024'],
  ['00291001', 'UN', Uint8Array.of(1, 2, 3, 4)],
];

const transcode = async (file: Buffer) => readDicom(await toExplicitLittleEndian(readDicom(file)));

/** All values, including those of pixels and of binary elements. */
const valuesOf = ({ dataSet }: ReturnType<typeof readDicom>) => {
  const json = toDicomJson(dataSet, { bulkDataUri: (path) => path, inlineBytes: 1_000_000 });
  return { ...json, '7FE00010': undefined };
};

async function samplesOf(file: ReturnType<typeof readDicom>, frame = 0) {
  const pixels = describePixels(file);
  if (!pixels) throw new Error('no pixels');
  return [...(await decodeFrame(file, pixels, frame)).samples];
}

describe('In Explicit VR Little Endian', () => {
  const samples = Array.from({ length: PIXELS }, (_value, i) => (i * 2711) % 65_536);
  const image = (pixelData: Uint8Array) => [...imageOf(COLUMNS, ROWS, pixelData), ...bits(16), ...others];

  test.each([
    ['implicit VR', syntaxes.implicit, words(...samples)],
    ['big endian', syntaxes.bigEndian, Buffer.from(words(...samples)).swap16()],
    ['a deflated file', syntaxes.deflated, words(...samples)],
    ['itself', syntaxes.explicit, words(...samples)],
  ])('%s has the same values, byte for byte', async (_kind, syntax, pixelData) => {
    const explicit = readDicom(dicomFile(image(words(...samples))));
    const transcoded = await transcode(dicomFile(image(pixelData), syntax));
    expect(transcoded.transferSyntax.uid).toBe(EXPLICIT);
    expect(textValue(transcoded.meta, '00020003')).toBe('1.2.3.4.5');
    expect(valuesOf(transcoded)).toEqual(valuesOf(explicit));
    expect(await samplesOf(transcoded)).toEqual(samples);
    // A second transcoding changes nothing.
    const bytes = await toExplicitLittleEndian(transcoded);
    expect((await toExplicitLittleEndian(readDicom(bytes))).equals(bytes)).toBe(true);
  });

  test.each([
    ['8 bits', 8, [1, 2, 3, 4], Uint8Array.of(2, 1, 4, 3)],
    ['32 bits', 32, [7, 4_000_000_000], Buffer.from(Uint32Array.of(7, 4_000_000_000).buffer).swap32()],
  ])('big endian has the same samples of %s', async (_kind, size, expected, pixelData) => {
    const file = dicomFile([...imageOf(expected.length, 1, pixelData), ...bits(size)], syntaxes.bigEndian);
    expect(await samplesOf(await transcode(file))).toEqual(expected);
  });

  test.each<[string, Encoder, string, boolean]>([
    ['RLE', 'encodeRle', RLE, false],
    ['RLE', 'encodeRle', RLE, true],
    ['JPEG-LS', 'encodeJpegLs', '1.2.840.10008.1.2.4.80', false],
    ['JPEG 2000', 'encodeJpeg2000', '1.2.840.10008.1.2.4.90', true],
    ['HTJ2K', 'encodeHtJpeg2000', '1.2.840.10008.1.2.4.201', false],
    ['JPEG XL', 'encodeJpegXl', '1.2.840.10008.1.2.4.110', false],
  ])('frames of %s have the same samples (%s, %s, signed: %s)', async (_kind, encoder, syntax, isSigned) => {
    const frames = [0, 5].map((shift) =>
      Array.from({ length: PIXELS }, (_value, i) => ((i * 97 + shift) % 4096) - (isSigned ? 2048 : 0)),
    );
    const codestreams = await Promise.all(
      frames.map((values) =>
        codestream(encoder, {
          columns: COLUMNS,
          rows: ROWS,
          samplesPerPixel: 1,
          bitsAllocated: 16,
          bitsStored: 12,
          isSigned,
          samples: words(...values),
        }),
      ),
    );
    const elements: FixtureElement[] = [
      ...imageOf(COLUMNS, ROWS, { fragments: [new Uint8Array(), ...codestreams] }),
      ...bits(16, 12, isSigned),
      ...others,
      ['00280008', 'IS', '2'],
      ['7FE00001', 'OV', new Uint8Array(0)],
    ];
    const file = dicomFile(elements, encapsulated(syntax));
    const transcoded = await transcode(file);
    expect(transcoded.transferSyntax.uid).toBe(EXPLICIT);
    expect(transcoded.dataSet.elements.get('7FE00010')).toMatchObject({ vr: 'OW', length: PIXELS * 4 });
    expect([await samplesOf(transcoded, 0), await samplesOf(transcoded, 1)]).toEqual(frames);
    expect(valuesOf(transcoded)).toEqual({ ...valuesOf(readDicom(file)), '7FE00001': undefined });
  });

  const colour = (photometric: string, planar = 0): FixtureElement[] => [
    ['00280002', 'US', [3]],
    ['00280004', 'CS', photometric],
    ['00280006', 'US', [planar]],
  ];
  const rgb = Uint8Array.from({ length: PIXELS * 3 }, (_value, i) => (i * 41) % 256);
  const picture = {
    columns: COLUMNS,
    rows: ROWS,
    samplesPerPixel: 3,
    bitsAllocated: 8,
    bitsStored: 8,
  } as const;
  const pixelBytes = ({ dataSet }: ReturnType<typeof readDicom>) => {
    const element = dataSet.elements.get('7FE00010');
    return element && [...dataSet.bytes.subarray(element.offset, element.offset + element.length)];
  };

  test('colours are unchanged: YBR_FULL is not converted to RGB, which would be lossy', async () => {
    const encoded = await codestream('encodeRle', { ...picture, samples: rgb });
    const elements = [
      ...imageOf(COLUMNS, ROWS, { fragments: [new Uint8Array(), encoded] }),
      ...colour('YBR_FULL', 1),
    ];
    const transcoded = await transcode(dicomFile(elements, encapsulated(RLE)));
    expect(pixelBytes(transcoded)).toEqual([...rgb]);
    expect(describePixels(transcoded)).toMatchObject({
      photometricInterpretation: 'YBR_FULL',
      isPlanar: false,
    });
  });

  test('the reversible colour transform of JPEG 2000 is undone, and the photometric interpretation is RGB', async () => {
    const encoded = await codestream('encodeJpeg2000', { ...picture, samples: rgb });
    const elements = [
      ...imageOf(COLUMNS, ROWS, { fragments: [new Uint8Array(), encoded] }),
      ...colour('YBR_RCT'),
    ];
    const transcoded = await transcode(dicomFile(elements, encapsulated('1.2.840.10008.1.2.4.90')));
    expect(pixelBytes(transcoded)).toEqual([...rgb]);
    expect(describePixels(transcoded)?.photometricInterpretation).toBe('RGB');
  });

  test('a value that is too long for its VR is kept, and group lengths are not', async () => {
    const table = Array.from({ length: 40_000 }, (_value, i) => i);
    const elements: FixtureElement[] = [
      ...image(words(...samples)),
      ['00280000', 'UL', [4]],
      ['00283010', 'SQ', [[['00283006', 'US', table]]]],
    ];
    const { dataSet } = await transcode(dicomFile(elements, syntaxes.implicit));
    expect(dataSet.elements.get('00283010')?.items?.[0]?.elements.get('00283006')?.length).toBe(80_000);
    expect(dataSet.elements.has('00280000')).toBe(false);
  });

  test('compressed pixels within another image are refused', async () => {
    const icon: FixtureElement[] = [
      ['7FE00010', 'OB', { fragments: [new Uint8Array(), Uint8Array.of(1, 2)] }],
    ];
    const file = dicomFile([...image(words(...samples)), ['00880200', 'SQ', [icon]]]);
    await expect(transcode(file)).rejects.toThrow('compressed pixels within another image');
  });
});
