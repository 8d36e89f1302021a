import { describe, expect, test } from 'vitest';
import { drawFrame, type View } from '../../../lib/media/dicom/draw/draw-frame.ts';
import { renderFrame } from '../../../lib/media/dicom/draw/render-frame.ts';
import { readDicom } from '../../../lib/media/dicom/parse/read-dicom.ts';
import { UnsupportedPixelData } from '../../../lib/media/dicom/unsupported-pixel-data.ts';
import { sharp } from '../../../lib/media/image/libvips.ts';
import { bits, dicomFile, type FixtureElement, imageOf, instance, words } from '../../fixtures/dicoms.ts';

/** One row of stored values, as it is drawn. */
async function seen(values: number[], more: FixtureElement[] = [], view: View = {}): Promise<number[]> {
  const image = imageOf(values.length, 1, words(...values));
  return [...(await drawFrame(readDicom(dicomFile([...image, ...bits(16), ...more])), view)).data];
}

const window = (center: number, width: number, shape?: string): FixtureElement[] => [
  ['00281050', 'DS', String(center)],
  ['00281051', 'DS', String(width)],
  ...(shape ? [['00281056', 'CS', shape] as FixtureElement] : []),
];

const lut = (descriptor: number[], data: Uint8Array): FixtureElement[] => [
  ['00283002', 'US', descriptor],
  ['00283006', 'OW', data],
];

describe('Grey levels', () => {
  test('range from the smallest to the largest value if the file has no window', async () => {
    expect(await seen([100, 150, 200])).toEqual([0, 128, 255]);
  });

  test('include the padding in that range, as in other viewers', async () => {
    const padding: FixtureElement[] = [
      ['00280120', 'US', [0]],
      ['00280121', 'US', [10]],
    ];
    expect(await seen([0, 10, 100, 150, 200], padding)).toEqual([0, 13, 128, 191, 255]);
  });

  test('of a mask are black and white, also if it is empty or full', async () => {
    expect(await seen([0, 1])).toEqual([0, 255]);
    expect(await seen([0, 0])).toEqual([0, 0]);
    expect(await seen([1, 1])).toEqual([255, 255]);
  });

  test('are inverted in MONOCHROME1', async () => {
    expect(await seen([100, 150, 200], [['00280004', 'CS', 'MONOCHROME1']])).toEqual([255, 128, 0]);
  });

  // PS3.3 C.11.2.1.2.1, note 2 and 3.
  test.each<[string, number, number, string | undefined, number[], number[]]>([
    ['LINEAR', 2048, 4096, undefined, [0, 2048, 4095], [0, 128, 255]],
    ['LINEAR', 2048, 1, undefined, [2047, 2048], [0, 255]],
    ['LINEAR', 2048, 2, undefined, [2047, 2048], [0, 255]],
    ['LINEAR', 100, 51, undefined, [74, 75, 100, 124, 125], [0, 3, 130, 252, 255]],
    ['LINEAR_EXACT', 100, 50, 'LINEAR_EXACT', [75, 100, 125, 81], [0, 128, 255, 31]],
    ['SIGMOID', 100, 50, 'SIGMOID', [0, 100, 150], [0, 128, 250]],
  ])('of the %s window %d ± %d/2', async (_title, center, width, shape, stored, expected) => {
    expect(await seen(stored, window(center, width, shape))).toEqual(expected);
  });

  test('of the first of many windows', async () => {
    const windows: FixtureElement[] = [
      ['00281050', 'DS', '50\\5000'],
      ['00281051', 'DS', '101\\1'],
    ];
    expect(await seen([0, 50, 100], windows)).toEqual([1, 129, 255]);
  });

  test.each([
    ['without width', window(50, 0)],
    [
      'that is not a number',
      [
        ['00281050', 'DS', 'a'],
        ['00281051', 'DS', 'b'],
      ] as FixtureElement[],
    ],
    [
      'that is empty',
      [
        ['00281050', 'DS', ''],
        ['00281051', 'DS', ''],
      ] as FixtureElement[],
    ],
  ])('of a file without a valid window: %s', async (_title, elements) => {
    expect(await seen([100, 150, 200], elements)).toEqual([0, 128, 255]);
  });

  test('of the requested window, instead of the file’s', async () => {
    const view = { window: { center: 150, width: 2 } };
    expect(await seen([149, 150], window(0, 4096), view)).toEqual([0, 255]);
  });

  test('of a window on rescaled values', async () => {
    const rescale: FixtureElement[] = [
      ['00281052', 'DS', '-1024'],
      ['00281053', 'DS', '2'],
    ];
    expect(await seen([0, 512, 1024], [...rescale, ...window(0.5, 2049)])).toEqual([0, 128, 255]);
  });

  test('of signed values', async () => {
    expect(await seen([0x8000, 0, 0x7fff], bits(16, 16, true))).toEqual([0, 128, 255]);
  });

  test('of the frame’s own window and rescale, where it has functional groups', async () => {
    const groups = (slope: string, center: string): FixtureElement[] => [
      [
        '00289145',
        'SQ',
        [
          [
            ['00281052', 'DS', '0'],
            ['00281053', 'DS', slope],
          ],
        ],
      ],
      [
        '00289132',
        'SQ',
        [
          [
            ['00281050', 'DS', center],
            ['00281051', 'DS', '101'],
          ],
        ],
      ],
    ];
    const elements: FixtureElement[] = [
      ['00280008', 'IS', '2'],
      ['52009229', 'SQ', [groups('1', '50.5')]],
      ['52009230', 'SQ', [[], groups('2', '100.5')]],
    ];
    const image = imageOf(1, 1, words(50, 50));
    const dicom = readDicom(dicomFile([...image, ...bits(16), ...elements, ...window(5000, 1)]));
    expect([...(await drawFrame(dicom, { frame: 0 })).data]).toEqual([128]);
    expect([...(await drawFrame(dicom, { frame: 1 })).data]).toEqual([128]);
  });

  test('of a modality LUT', async () => {
    const table: FixtureElement = ['00283000', 'SQ', [lut([3, 10, 16], words(0, 1000, 500))]];
    expect(await seen([5, 10, 11, 12, 20], [table, ...window(500.5, 1001)])).toEqual([0, 0, 255, 128, 128]);
  });

  test.each(['12.1', '12.2', '12.3'])(
    'of the stored values in X-ray angiography (%s), if the modality LUT restores the beam intensity',
    async (part) => {
      const beam: FixtureElement[] = [
        ['00080016', 'UI', `1.2.840.10008.5.1.4.1.1.${part}`],
        ['00283000', 'SQ', [lut([3, 0, 16], words(0, 40_000, 60_000))]],
      ];
      expect(await seen([0, 1, 2], [...beam, ...window(1.5, 3)])).toEqual([0, 128, 255]);
    },
  );

  test('of a VOI LUT, which takes precedence over a window', async () => {
    const table: FixtureElement = ['00283010', 'SQ', [lut([3, 10, 12], words(4095, 0, 2048))]];
    expect(await seen([10, 11, 12, 13], [table, ...window(0, 1)])).toEqual([255, 0, 128, 128]);
  });

  test('of a VOI LUT of bytes', async () => {
    const table: FixtureElement = ['00283010', 'SQ', [lut([4, 0, 8], Uint8Array.of(255, 0, 128, 1))]];
    expect(await seen([0, 1, 2, 3], [table])).toEqual([255, 0, 128, 1]);
  });

  test('of the window, if the VOI LUT is empty', async () => {
    expect(await seen([74, 125], [['00283010', 'SQ', []], ...window(100, 51)])).toEqual([0, 255]);
  });

  test('of a file whose LUT is shorter than it claims are not drawn', async () => {
    const table: FixtureElement = ['00283010', 'SQ', [lut([300, 0, 8], words(1))]];
    await expect(seen([0], [table])).rejects.toThrow('claims 300 entries and has 2');
  });

  test('of 32 bits and of floating point', async () => {
    const integers = new Uint8Array(Uint32Array.of(0, 2_000_000_000, 4_000_000_000).buffer);
    const dose = readDicom(dicomFile([...imageOf(3, 1, integers), ...bits(32)]));
    expect([...(await drawFrame(dose)).data]).toEqual([0, 128, 255]);
    const floats: FixtureElement = [
      '7FE00008',
      'OF',
      new Uint8Array(Float32Array.of(-1, Number.NaN, 0, 1).buffer),
    ];
    const image = imageOf(4, 1, '').filter(([tag]) => tag !== '7FE00010');
    const map = readDicom(dicomFile([...image, ...bits(32), floats]));
    expect([...(await drawFrame(map)).data]).toEqual([0, 0, 128, 255]);
  });
});

describe('Colours', () => {
  const palette = (descriptor: number[], tables: Uint8Array[], tag = '120'): FixtureElement[] => [
    ['00280004', 'CS', 'PALETTE COLOR'],
    ...tables.flatMap((table, i): FixtureElement[] => [
      [`0028110${i + 1}`, 'US', descriptor],
      [`0028${tag}${i + 1}`, 'OW', table],
    ]),
  ];
  const draw = async (pixels: number[], more: FixtureElement[]) => [
    ...(
      await drawFrame(readDicom(dicomFile([...imageOf(pixels.length, 1, Uint8Array.from(pixels)), ...more])))
    ).data,
  ];

  test('of a palette of 16 bits', async () => {
    const tables = [words(0, 0xff00), words(0x8000, 0), words(0x0100, 0xffff)];
    expect(await draw([0, 1, 2], palette([2, 0, 16], tables))).toEqual([0, 128, 1, 255, 0, 255, 255, 0, 255]);
  });

  test('of a palette of bytes with a later first value', async () => {
    const tables = [Uint8Array.of(1, 2), Uint8Array.of(3, 4), Uint8Array.of(5, 6)];
    expect(await draw([0, 10, 11], palette([2, 10, 8], tables))).toEqual([1, 3, 5, 1, 3, 5, 2, 4, 6]);
  });

  test('of a segmented palette: discrete, linear and indirect segments', async () => {
    // PS3.3 C.7.9.2: discrete 1 × 0; linear 2 to 0x0200; indirect to the first two segments.
    const table = words(0, 1, 0, 1, 2, 0x0200, 2, 2, 0, 0);
    const drawn = await draw([0, 1, 2, 3, 4, 5], palette([6, 0, 16], [table, table, table], '122'));
    expect(drawn.filter((_value, i) => i % 3 === 0)).toEqual([0, 1, 2, 0, 1, 2]);
  });

  test('of a missing palette are not drawn', async () => {
    await expect(draw([0], [['00280004', 'CS', 'PALETTE COLOR']])).rejects.toThrow(
      'has a palette, which is missing',
    );
  });

  test('of 16 bits are reduced to 8', async () => {
    const rgb: FixtureElement[] = [
      ['00280002', 'US', [3]],
      ['00280004', 'CS', 'RGB'],
      ['00280006', 'US', [0]],
    ];
    const image = imageOf(1, 1, words(0xffff, 0x8000, 0x01ff));
    expect([...(await drawFrame(readDicom(dicomFile([...image, ...bits(16), ...rgb])))).data]).toEqual([
      255, 128, 1,
    ]);
  });

  test('of an unsupported photometric interpretation are not drawn', async () => {
    const hsv: FixtureElement[] = [
      ['00280002', 'US', [3]],
      ['00280004', 'CS', 'HSV'],
      ['00280006', 'US', [0]],
    ];
    const dicom = readDicom(dicomFile([...imageOf(1, 1, Uint8Array.of(1, 2, 3)), ...hsv]));
    await expect(drawFrame(dicom)).rejects.toThrow(UnsupportedPixelData);
  });
});

describe('Overlays', () => {
  const plane: FixtureElement[] = [
    ['60000010', 'US', [2]],
    ['60000011', 'US', [2]],
    ['60000050', 'SS', [1, 2]],
    ['60000100', 'US', [1]],
    ['60000102', 'US', [0]],
    ['60003000', 'OW', Uint8Array.of(0b1001, 0)],
  ];
  const image = [...imageOf(3, 2, Uint8Array.of(0, 1, 2, 3, 4, 5)), ...window(128, 256)];

  test('are drawn in white, from their origin', async () => {
    const drawn = await drawFrame(readDicom(dicomFile([...image, ...plane])));
    expect([...drawn.data]).toEqual([0, 255, 2, 3, 4, 255]);
  });

  test('are drawn of the last group, too', async () => {
    const last = plane.map(([tag, ...rest]): FixtureElement => [tag.replace('6000', '601E'), ...rest]);
    const drawn = await drawFrame(readDicom(dicomFile([...image, ...last])));
    expect([...drawn.data]).toEqual([0, 255, 2, 3, 4, 255]);
  });

  test('are omitted if the request says so', async () => {
    const drawn = await drawFrame(readDicom(dicomFile([...image, ...plane])), { overlays: false });
    expect([...drawn.data]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('that are larger than the picture are clipped', async () => {
    const drawn = await drawFrame(readDicom(dicomFile([...image, ...plane, ['60000050', 'SS', [0, 3]]])));
    expect([...drawn.data]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('are found in the unused bits of the pixels', async () => {
    const inside: FixtureElement[] = [
      ['60000010', 'US', [1]],
      ['60000011', 'US', [2]],
      ['60000050', 'SS', [1, 1]],
      ['60000100', 'US', [16]],
      ['60000102', 'US', [12]],
    ];
    const old = [...imageOf(2, 1, words(0x1000, 0x0010)), ...bits(16, 12), ...window(2048, 4096), ...inside];
    expect([...(await drawFrame(readDicom(dicomFile(old)))).data]).toEqual([255, 1]);
  });
});

describe('A rendered frame', () => {
  const dicom = readDicom(
    dicomFile(
      imageOf(
        40,
        20,
        Uint8Array.from({ length: 800 }, (_value, i) => (i % 40) * 6),
      ),
    ),
  );

  test('is a PNG of its own size, pixel by pixel', async () => {
    const { bytes, mimeType, width, height } = await renderFrame(dicom, { format: 'png' });
    expect({ mimeType, width, height }).toEqual({ mimeType: 'image/png', width: 40, height: 20 });
    const decoded = await sharp(bytes).toColourspace('b-w').raw().toBuffer();
    expect([...decoded]).toEqual([...(await drawFrame(dicom)).data]);
  });

  test.each(['png', 'jpeg'] as const)('has one channel as %s, if it is grey', async (format) => {
    const { bytes } = await renderFrame(dicom, { format });
    expect(await sharp(bytes).metadata()).toMatchObject({ space: 'b-w', channels: 1 });
  });

  test.each([
    [{ columns: 20, rows: 20 }, 20, 10],
    [{ columns: 80 }, 80, 40],
    [{ rows: 10 }, 20, 10],
  ])('fits into the viewport %o, with its own aspect ratio', async (viewport, width, height) => {
    expect(await renderFrame(dicom, { format: 'jpeg', viewport })).toMatchObject({
      mimeType: 'image/jpeg',
      width,
      height,
    });
  });

  test('is not enlarged if the request says so', async () => {
    const viewport = { columns: 300, rows: 300 };
    expect(await renderFrame(dicom, { format: 'png', viewport, enlarge: false })).toMatchObject({
      width: 40,
      height: 20,
    });
  });

  test('does not exist for a report', async () => {
    await expect(renderFrame(readDicom(dicomFile(instance)), { format: 'png' })).rejects.toThrow(
      UnsupportedPixelData,
    );
  });
});
