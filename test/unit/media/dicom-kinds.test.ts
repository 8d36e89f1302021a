import { describe, expect, test } from 'vitest';
import { RenderedQuery, ThumbnailViewport } from '../../../lib/api/dicomweb.ts';
import { drawFrame } from '../../../lib/media/dicom/draw/draw-frame.ts';
import { OutsideOfFrame, renderFrame } from '../../../lib/media/dicom/draw/render-frame.ts';
import { toDicomJson } from '../../../lib/media/dicom/parse/dicom-json.ts';
import { readDicom } from '../../../lib/media/dicom/parse/read-dicom.ts';
import { sharp } from '../../../lib/media/image/libvips.ts';
import {
  bits,
  dicomFile,
  encapsulated,
  type FixtureElement,
  imageOf,
  syntaxes,
  words,
} from '../../fixtures/dicoms.ts';

describe('the sign of the first value that a VOI LUT maps is that of the modality transform’s output', () => {
  /** The grey level rises by one for each value from the first mapped one. */
  const lut = (vr: 'US' | 'SS', first: number): FixtureElement => [
    '00283010',
    'SQ',
    [
      [
        ['00283002', vr, [256, first, 8]],
        ['00283006', 'OW', words(...Array.from({ length: 256 }, (_value, i) => i))],
      ],
    ],
  ];
  const rescale = (intercept: string, slope = '1'): FixtureElement[] => [
    ['00281052', 'DS', intercept],
    ['00281053', 'DS', slope],
  ];
  const modalityLut: FixtureElement = [
    '00283000',
    'SQ',
    [
      [
        ['00283002', 'US', [4, 0, 16]],
        ['00283006', 'US', [64_636, 64_637, 64_638, 64_639]],
      ],
    ],
  ];
  const image = (isSigned: boolean, ...more: FixtureElement[]) => [
    ...imageOf(4, 1, words(0, 1, 2, 3)),
    ...bits(16, 16, isSigned),
    ...more,
  ];
  const written = [
    ['implicit', syntaxes.implicit, 'US'],
    ['explicit US', syntaxes.explicit, 'US'],
    ['explicit SS', syntaxes.explicit, 'SS'],
  ] as const;
  const grouped: FixtureElement[] = [
    [
      '52009229',
      'SQ',
      [
        [
          ['00289132', 'SQ', [[lut('US', -900)]]],
          ['00289145', 'SQ', [rescale('-900')]],
        ],
      ],
    ],
  ];
  const cases: [string, (vr: 'US' | 'SS') => FixtureElement[], 'US' | 'SS'][] = [
    ['unsigned pixels, intercept below zero', (vr) => image(false, ...rescale('-900'), lut(vr, -900)), 'SS'],
    ['signed pixels, intercept below zero', (vr) => image(true, ...rescale('-900'), lut(vr, -900)), 'SS'],
    ['a slope below zero', (vr) => image(false, ...rescale('-896', '-1'), lut(vr, -899)), 'SS'],
    ['signed pixels that are lifted', (vr) => image(true, ...rescale('40000'), lut(vr, 40_000)), 'US'],
    ['unsigned pixels, no intercept', (vr) => image(false, lut(vr, 0)), 'US'],
    ['signed pixels, no transform', (vr) => image(true, lut(vr, 0)), 'SS'],
    ['a modality LUT of signed pixels', (vr) => image(true, modalityLut, lut(vr, 64_636)), 'US'],
    ['a modality LUT of unsigned pixels', (vr) => image(false, modalityLut, lut(vr, 64_636)), 'US'],
    ['functional groups', () => image(false, ...grouped), 'SS'],
  ];
  test.each(
    cases.flatMap(([name, elements, vr]) => written.map((how) => [name, ...how, elements, vr] as const)),
  )('%s, %s', async (name, _cell1, syntax, writtenVr, elements, vr) => {
    const dicom = readDicom(dicomFile(elements(writtenVr), syntax));
    const expected = name === 'a slope below zero' ? [3, 2, 1, 0] : [0, 1, 2, 3];
    expect([...(await drawFrame(dicom)).data]).toEqual(expected);
    expect(JSON.stringify(toDicomJson(dicom.dataSet, { bulkDataUri: () => '' }))).toContain(
      `"00283002":{"vr":"${vr}"`,
    );
  });
});

describe('the colours of a JPEG', () => {
  const red = [200, 40, 40];
  const inYcc = [88, 101, 208];
  const jpeg = () =>
    sharp({ create: { width: 16, height: 16, channels: 3, background: 'rgb(200,40,40)' } })
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toBuffer();
  /** libvips writes no JFIF segment, so that the JPEG does not name its colours. */
  const withoutJfif = (file: Buffer) => file;
  const jfif = (file: Buffer) =>
    Buffer.concat([
      file.subarray(0, 2),
      Buffer.from([0xff, 0xe0, 0, 16]),
      Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1'),
      file.subarray(2),
    ]);
  const adobe = (file: Buffer, transform: number) =>
    Buffer.concat([
      file.subarray(0, 2),
      Buffer.from([0xff, 0xee, 0, 14]),
      Buffer.from('Adobe\0\x64\0\0\0\0', 'latin1'),
      Buffer.from([transform]),
      file.subarray(2),
    ]);
  const named = (file: Buffer) => {
    const changed = Buffer.from(file);
    const frame = changed.indexOf(Buffer.from([0xff, 0xc0]));
    const scan = changed.indexOf(Buffer.from([0xff, 0xda]));
    for (const [i, letter] of [...'RGB'].entries()) {
      changed[frame + 10 + 3 * i] = letter.charCodeAt(0);
      changed[scan + 5 + 2 * i] = letter.charCodeAt(0);
    }
    return changed;
  };
  test.each<[string, string, (file: Buffer) => Buffer, number[]]>([
    ['JFIF', 'RGB', jfif, red],
    ['JFIF', 'YBR_FULL_422', jfif, red],
    ['Adobe’s transform of YCbCr', 'RGB', (file) => adobe(file, 1), red],
    ['Adobe’s value for no transform', 'YBR_FULL_422', (file) => adobe(file, 0), inYcc],
    ['Adobe’s value for no transform', 'RGB', (file) => adobe(file, 0), inYcc],
    ['names of its components', 'YBR_FULL', named, inYcc],
    ['no segment', 'RGB', withoutJfif, inYcc],
    ['no segment', 'YBR_FULL_422', withoutJfif, red],
  ])('are those that it names itself by %s, labelled %s', async (_title, label, make, expected) => {
    const fragments = [Buffer.alloc(0), make(await jpeg())];
    const elements: FixtureElement[] = [
      ...imageOf(16, 16, { fragments }),
      ['00280002', 'US', [3]],
      ['00280004', 'CS', label],
      ['00280006', 'US', [0]],
    ];
    const { data } = await drawFrame(readDicom(dicomFile(elements, encapsulated('1.2.840.10008.1.2.4.50'))));
    const off = expected.map((value, i) => Math.abs(value - (data[i] ?? Number.NaN)));
    expect(Math.max(...off), `received ${data.subarray(0, 3)}`).toBeLessThanOrEqual(3);
  });

  test('are drawn again without the overlay that was drawn into them before', async () => {
    const elements: FixtureElement[] = [
      ...imageOf(16, 16, { fragments: [Buffer.alloc(0), await jpeg()] }),
      ['00280002', 'US', [3]],
      ['00280004', 'CS', 'YBR_FULL_422'],
      ['00280006', 'US', [0]],
      ['60000010', 'US', [1]],
      ['60000011', 'US', [1]],
      ['60000050', 'SS', [1, 1]],
      ['60000100', 'US', [1]],
      ['60000102', 'US', [0]],
      ['60003000', 'OW', Uint8Array.of(1, 0)],
    ];
    const file = readDicom(dicomFile(elements, encapsulated('1.2.840.10008.1.2.4.50')));
    const overlaid = await drawFrame(file);
    const plain = await drawFrame(file, { overlays: false });
    expect([...overlaid.data.subarray(0, 3)]).toEqual([255, 255, 255]);
    expect([...plain.data.subarray(0, 3)]).toEqual([...plain.data.subarray(3, 6)]);
    expect(await drawFrame(file)).toEqual(overlaid);
  });
});

describe('pixels that are not square', () => {
  const square = Uint8Array.from({ length: 64 * 64 }, (_value, i) => {
    const [x, y] = [i % 64, Math.floor(i / 64)];
    return x >= 16 && x < 48 && y >= 16 && y < 48 ? 255 : 0;
  });
  const group = (tag: string, elements: FixtureElement[]): FixtureElement => [
    '52009229',
    'SQ',
    [[[tag, 'SQ', [elements]]]],
  ];
  const kinds: [string, FixtureElement][] = [
    ['Pixel Aspect Ratio', ['00280034', 'IS', '2\\1']],
    ['Pixel Spacing', ['00280030', 'DS', '0.02\\0.01']],
    ['Imager Pixel Spacing', ['00181164', 'DS', '0.2\\0.1']],
    ['Nominal Scanned Pixel Spacing', ['00182010', 'DS', '0.2\\0.1']],
    ['Pixel Measures', group('00289110', [['00280030', 'DS', '0.02\\0.01']])],
  ];
  test.each(kinds)(
    '%s: with a viewport they are made square, without it the matrix is unchanged',
    async (_title, element) => {
      const file = readDicom(dicomFile([...imageOf(64, 64, square), element]));
      expect(await renderFrame(file, { format: 'png' })).toMatchObject({ width: 64, height: 64 });
      for (const [viewport, enlarge, width, height] of [
        [{ columns: 256, rows: 256 }, false, 64, 128],
        [{ columns: 256, rows: 256 }, true, 128, 256],
        [{ columns: 32, rows: 32 }, false, 16, 32],
        [{ columns: 32 }, true, 32, 64],
      ] as const) {
        const made = await renderFrame(file, { format: 'png', viewport, enlarge });
        expect([made.width, made.height]).toEqual([width, height]);
        const grey = await sharp(made.bytes).toColourspace('b-w').raw().toBuffer();
        const white = (at: (i: number) => number, length: number) =>
          Array.from({ length }, (_each, i) => (grey[at(i)] ?? 0) > 127).filter(Boolean).length;
        const across = white((x) => (height / 2) * width + x, width);
        expect(white((y) => y * width + width / 2, height) / across).toBeCloseTo(2, 1);
      }
    },
  );

  test.each(['0\\0', '1\\1', '2', ''])('%s is ignored', async (ratio) => {
    const file = readDicom(dicomFile([...imageOf(64, 64, square), ['00280034', 'IS', ratio]]));
    const viewport = { columns: 32, rows: 32 };
    expect(await renderFrame(file, { format: 'png', viewport })).toMatchObject({ width: 32, height: 32 });
  });
});

describe('a viewport', () => {
  const quarters = Uint8Array.from({ length: 64 * 64 }, (_value, i) => {
    const [x, y] = [i % 64, Math.floor(i / 64)];
    return 50 + (x < 32 ? 0 : 50) + (y < 32 ? 0 : 100);
  });
  const file = readDicom(
    dicomFile([...imageOf(64, 64, quarters), ['00281050', 'DS', '128'], ['00281051', 'DS', '256']]),
  );
  const show = async (text: string) => {
    const { bytes, width, height } = await renderFrame(file, {
      format: 'png',
      viewport: RenderedQuery.viewport.parse(text) ?? {},
    });
    const grey = await sharp(bytes).toColourspace('b-w').raw().toBuffer();
    const at = (x: number, y: number) => grey[Math.floor(y * height) * width + Math.floor(x * width)];
    return { width, height, greys: [at(0.2, 0.2), at(0.8, 0.2), at(0.2, 0.8), at(0.8, 0.8)] };
  };
  const all = [50, 100, 150, 200];
  test.each([
    ['64,64,32,0,32,32', 64, 64, [100, 100, 100, 100]],
    ['64,64,0,0,32,32', 64, 64, [50, 50, 50, 50]],
    ['32,64', 32, 32, all],
    ['64,32', 32, 32, all],
    ['128', 128, 128, all],
    [',16', 16, 16, all],
    ['64,64,,,,', 64, 64, all],
    ['64,64,32', 32, 64, [100, 100, 200, 200]],
    ['64,64,,32', 64, 32, [150, 200, 150, 200]],
    ['64,64,,,32', 32, 64, [50, 50, 150, 150]],
    ['64,64,,,,32', 64, 32, [50, 100, 50, 100]],
    ['64,64,32.0,32.0,32.0,32.0', 64, 64, [200, 200, 200, 200]],
    ['64,64,0,0,-64,64', 64, 64, [100, 50, 200, 150]],
    ['64,64,0,0,64,-64', 64, 64, [150, 200, 50, 100]],
    ['64,64,0,0,-64,-64', 64, 64, [200, 150, 100, 50]],
    ['64,64,48,48,32,32', 64, 64, [200, 200, 200, 200]],
  ])('%s', async (text, width, height, greys) => {
    expect(await show(text)).toEqual({ width, height, greys });
  });

  test.each([
    '0,64',
    '64,0',
    'a,b',
    '64,64,0,0,0,32',
    '64,64,0,0,32,0',
    '64,64,0,0,32,32,1',
    '-1,64',
    '64,64,x',
  ])('%s is refused', (text) => {
    expect(RenderedQuery.viewport.safeParse(text).success).toBe(false);
  });

  test('a region outside the frame is refused', async () => {
    await expect(show('64,64,64,0')).rejects.toThrow(OutsideOfFrame);
  });

  test('a thumbnail shows all of the frame', () => {
    expect(ThumbnailViewport.safeParse('64,64').success).toBe(true);
    expect(ThumbnailViewport.safeParse('64,64,0,0,32,32').success).toBe(false);
  });
});
