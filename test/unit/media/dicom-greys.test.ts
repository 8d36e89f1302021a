import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frameBytes } from '../../../lib/media/dicom/decode/frame-bytes.ts';
import { drawFrame } from '../../../lib/media/dicom/draw/draw-frame.ts';
import { windowTransform } from '../../../lib/media/dicom/draw/voi-transform.ts';
import { readBulkData } from '../../../lib/media/dicom/parse/bulk-data.ts';
import { describePixels } from '../../../lib/media/dicom/parse/describe-pixels.ts';
import { dicomJsonText, toDicomJson } from '../../../lib/media/dicom/parse/dicom-json.ts';
import { type DicomFile, readDicom } from '../../../lib/media/dicom/parse/read-dicom.ts';
import { greyPixelsOf, levelsOf, readGreyImage } from '../../../web/src/dicom-viewer/grey-image.ts';
import { JsonReader } from '../../../web/src/dicom-viewer/json-reader.ts';
import { bits, dicomFile, type FixtureElement, imageOf, words } from '../../fixtures/dicoms.ts';

/**
 * The image as the page reads it: metadata as DICOM JSON, the frame's bytes, and bulk data that the metadata
 * name.
 */
async function pageImage(file: DicomFile, frame: number) {
  const json = JSON.parse(dicomJsonText(toDicomJson(file.dataSet, { bulkDataUri: (path) => path })));
  const image = new JsonReader(json, async (path) => {
    const bulk = readBulkData(file.dataSet, path);
    if (!bulk) throw new Error(`There is nothing at ${path}.`);
    return Buffer.concat(bulk.parts);
  });
  const pixels = greyPixelsOf(image, json['7FE00010'] === undefined);
  const description = describePixels(file);
  if (!pixels || !description) throw new Error('The page would not window this image.');
  return readGreyImage(image, frame, pixels, frameBytes(file, description, frame));
}

const COLUMNS = 5;
const ROWS = 3;
const PIXELS = COLUMNS * ROWS;

const decimal = fc.oneof(
  fc.integer({ min: -3000, max: 70_000 }),
  fc.double({ min: -500, max: 500, noNaN: true }),
);
const ds = (number: number) => String(number).slice(0, 16);

const window = fc
  .record({
    center: decimal,
    width: fc.oneof(fc.constantFrom(0, 0.5, 1, 2), fc.integer({ min: 1, max: 70_000 })),
    shape: fc.constantFrom(undefined, 'LINEAR', 'LINEAR_EXACT', 'SIGMOID'),
  })
  .map(({ center, width, shape }): FixtureElement[] => [
    ['00281050', 'DS', ds(center)],
    ['00281051', 'DS', ds(width)],
    ...(shape ? [['00281056', 'CS', shape] as FixtureElement] : []),
  ]);

const rescale = fc
  .record({ slope: fc.constantFrom(0, 1, -1, 2, 0.37, -12.5), intercept: decimal })
  .map(({ slope, intercept }): FixtureElement[] => [
    ['00281052', 'DS', ds(intercept)],
    ['00281053', 'DS', ds(slope)],
  ]);

/** Short values are inline in the metadata, long ones are not. */
const lut = fc
  .record({
    count: fc.constantFrom(2, 100, 700),
    first: fc.integer({ min: 0, max: 300 }),
    bits: fc.constantFrom(8, 12, 16),
    vr: fc.constantFrom('OW', 'US'),
    seed: fc.nat({ max: 1000 }),
  })
  .map(({ count, first, bits, vr, seed }): FixtureElement[] => {
    const entries = Array.from({ length: count }, (_value, i) => ((i + seed) * 7919) % 2 ** bits);
    return [
      ['00283002', 'US', [count, first, bits]],
      ['00283006', vr, vr === 'OW' ? words(...entries) : entries],
    ];
  });
const sequence = (tag: string, ...items: FixtureElement[][]): FixtureElement => [tag, 'SQ', items];

const overlay = fc
  .record({
    group: fc.constantFrom('6000', '600A', '601E'),
    top: fc.integer({ min: -1, max: 3 }),
    left: fc.integer({ min: -1, max: 4 }),
    bits: fc.uint8Array({ minLength: 2, maxLength: 2 }),
  })
  .map(({ group, top, left, bits }): FixtureElement[] => [
    [`${group}0010`, 'US', [2]],
    [`${group}0011`, 'US', [4]],
    [`${group}0050`, 'SS', [top, left]],
    [`${group}0100`, 'US', [1]],
    [`${group}0102`, 'US', [0]],
    [`${group}3000`, 'OW', bits],
  ]);

const none = fc.constant<FixtureElement[]>([]);
const files = fc
  .record({
    allocated: fc.constantFrom(8, 16, 32),
    unused: fc.nat({ max: 7 }),
    isSigned: fc.boolean(),
    cells: fc.uint8Array({ minLength: PIXELS * 4, maxLength: PIXELS * 4 }),
    photometric: fc.constantFrom('MONOCHROME1', 'MONOCHROME2'),
    modality: fc.oneof(
      none,
      rescale,
      lut.map((table) => [sequence('00283000', table)]),
      rescale.map((own) => [sequence('52009229', [sequence('00289145', own)])]),
    ),
    voi: fc.oneof(
      none,
      window,
      lut.map((table) => [sequence('00283010', table)]),
      window.map((own) => [sequence('52009230', [sequence('00289132', own)])]),
    ),
    overlays: fc.oneof(none, overlay),
    sopClass: fc.constantFrom('1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.5.1.4.1.1.12.1'),
  })
  .map(({ allocated, unused, isSigned, cells, photometric, modality, voi, overlays, sopClass }) =>
    readDicom(
      dicomFile([
        ...imageOf(COLUMNS, ROWS, cells.subarray(0, (PIXELS * allocated) / 8)),
        ...bits(allocated, allocated - unused, isSigned),
        ['00280004', 'CS', photometric],
        ['00080016', 'UI', sopClass],
        ...modality,
        ...voi,
        ...overlays,
      ]),
    ),
  );

describe('The page and the service draw the same grey levels', () => {
  test('of any bits, sign, rescale, table, window and overlay', async () => {
    await fc.assert(
      fc.asyncProperty(files, async (file) => {
        const [drawn, image] = await Promise.all([drawFrame(file), pageImage(file, 0)]);
        expect([...levelsOf(image)]).toEqual([...drawn.data]);
      }),
      { numRuns: 500 },
    );
  });

  test('in any window that a user chooses', async () => {
    const chosen = fc.record({
      center: decimal,
      width: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 70_000 })),
      shape: fc.constantFrom('LINEAR' as const, 'LINEAR_EXACT' as const, 'SIGMOID' as const),
    });
    await fc.assert(
      fc.asyncProperty(files, chosen, async (file, window) => {
        const [drawn, image] = await Promise.all([drawFrame(file, { window }), pageImage(file, 0)]);
        expect([...levelsOf(image, windowTransform(window))]).toEqual([...drawn.data]);
      }),
      { numRuns: 200 },
    );
  });

  test('of floating point, also for NaN', async () => {
    const floats = Float32Array.of(-1, Number.NaN, 0, 0.25, Number.POSITIVE_INFINITY, 1);
    const elements: FixtureElement[] = [
      ...imageOf(floats.length, 1, '').filter(([tag]) => tag !== '7FE00010'),
      ['00280100', 'US', [32]],
      ['7FE00008', 'OF', new Uint8Array(floats.buffer)],
    ];
    const file = readDicom(dicomFile(elements));
    const levels = [...levelsOf(await pageImage(file, 0))];
    expect(levels).toEqual([0, 0, 128, 159, 255, 255]);
    expect(levels).toEqual([...(await drawFrame(file)).data]);
  });
});

describe('The page requests from the service', () => {
  const isLeftToService = (...own: FixtureElement[]) => {
    const { dataSet } = readDicom(dicomFile([...imageOf(2, 1, words(1, 2)), ...bits(16, 12), ...own]));
    const json = JSON.parse(dicomJsonText(toDicomJson(dataSet, { bulkDataUri: (path) => path })));
    const image = new JsonReader(json, () => Promise.reject(new Error('nothing is left out')));
    return greyPixelsOf(image, false) === undefined;
  };

  test.each<[string, FixtureElement[]]>([
    ['colours', [['00280002', 'US', [3]]]],
    ['a palette', [['00280004', 'CS', 'PALETTE COLOR']]],
    ['single bits', bits(1)],
    ['bits that are not the lowest, which decoding moves', [['00280102', 'US', [15]]]],
  ])('%s', (_kind, own) => {
    expect(isLeftToService(...own)).toBe(true);
    expect(isLeftToService()).toBe(false);
  });
});
