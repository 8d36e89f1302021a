import { describe, expect, test } from 'vitest';
import { matrixProfile } from '../../../lib/media/formats/icc-profile.ts';
import { decodeHeic } from '../../../lib/media/heic/decode-heic.ts';
import { sharp } from '../../../lib/media/image/libvips.ts';
import { makeCopy } from '../../../lib/media/image/make-copy.ts';
import { type Decoded, fromPixels } from '../../../lib/media/image/pixels.ts';
import { defaultLimits } from '../../../lib/media/image/rendition-limits.ts';
import { makeRenditions } from '../../../lib/media/image/renditions.ts';
import { heic, tileColours } from '../../fixtures/heics.ts';

const decode = (file: Uint8Array) => decodeHeic(file, defaultLimits, (image) => image);

/** The colours of a picture at points, in shares of its width and height. */
async function coloursAt({ pixels }: Decoded, points: [x: number, y: number][]): Promise<number[][]> {
  const { data, info } = await fromPixels(pixels).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return points.map(([x, y]) => {
    const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * 3;
    return [...data.subarray(at, at + 3)];
  });
}

/** The middles of the quarters of a picture. */
const quarters: [number, number][] = [
  [0.25, 0.25],
  [0.75, 0.25],
  [0.25, 0.75],
  [0.75, 0.75],
];

function expectColours(found: number[][], expected: number[][], tolerance = 6): void {
  const worst = Math.max(
    ...expected.flatMap((colour, i) => colour.map((v, k) => Math.abs(v - (found[i]?.[k] ?? -99)))),
  );
  expect(worst, `${JSON.stringify(found)} for ${JSON.stringify(expected)}`).toBeLessThan(tolerance);
}

const [red = [], green = [], blue = [], grey = []] = tileColours;

const exifOf = async (orientation: number) => {
  const { exif } = await sharp(
    await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
      .withExif({ IFD2: { DateTimeOriginal: '2025:07:08 09:10:11', OffsetTimeOriginal: '+02:00' } })
      .withMetadata({ orientation })
      .jpeg()
      .toBuffer(),
  ).metadata();
  return exif?.subarray(6);
};

describe('A HEIC file', () => {
  test('becomes every copy, with a preview and its time of capture', async () => {
    const exif = await exifOf(6);
    const file = heic({ grid: { columns: 30, rows: 20 }, ...(exif && { exif }) });
    const { renditions, ...facts } = await makeRenditions(file);
    expect(facts).toEqual({
      mimeType: 'image/heic',
      extension: 'heic',
      width: 1920,
      height: 1280,
      capturedLocal: '2025-07-08T09:10:11',
      captureOffset: '+02:00',
    });
    expect(renditions.map(({ name, width, height }) => [name, width, height])).toEqual([
      ['preview', 1600, 1067],
      ['png', 300, 200],
      ['thumbnail', 300, 200],
      ['card', 400, 267],
    ]);
  });

  test('has the colours of its tiles in their places, and is cut to its size', async () => {
    const grid = { columns: 3, rows: 2 };
    const whole = await decode(heic({ grid }));
    expect(whole).toMatchObject({ width: 192, height: 128, needsPreview: true });
    const third = quarters.map(([x, y]): [number, number] => [x / 3 + 2 / 3, y / 2 + 1 / 2]);
    expectColours(await coloursAt(whole, third), tileColours);
    expect(await decode(heic({ grid, width: 150, height: 101 }))).toMatchObject({ width: 150, height: 101 });
  });

  test('is turned and mirrored once, whatever its Exif says', async () => {
    const exif = await exifOf(8);
    const turned = heic({ turns: 1, grid: { columns: 2, rows: 1 }, ...(exif && { exif }) });
    const picture = await decode(turned);
    expect(picture).toMatchObject({ width: 64, height: 128 });
    const upper = quarters.map(([x, y]): [number, number] => [x, y / 2]);
    expectColours(await coloursAt(picture, upper), [green, grey, red, blue]);
    expectColours(await coloursAt(await decode(heic({ mirror: 1 })), quarters), [green, red, grey, blue]);
  });

  test('of several pictures shows its primary one', async () => {
    expectColours(await coloursAt(await decode(heic({ hasOther: true })), quarters), tileColours);
  });

  test('is converted to sRGB from its profile, or from the numbers of its colours', async () => {
    const d65 = [0.3127, 0.329] as const;
    const swapped = { white: d65, red: [0.3, 0.6], green: [0.64, 0.33], blue: [0.15, 0.06] } as const;
    const icc = matrixProfile(swapped, (v) => v ** 2.2);
    const [first, second] = await coloursAt(await decode(heic({ icc })), quarters);
    expect(first?.[1]).toBeGreaterThan(first?.[0] ?? 0);
    expect(second?.[0]).toBeGreaterThan(second?.[1] ?? 0);
    // Computed from the primaries and the transfer function of Display P3 and of sRGB.
    const p3 = await coloursAt(await decode(heic({ nclx: [12, 13, 6] })), quarters);
    expectColours(p3, [[218, 24, 2], [0, 204, 0], [34, 61, 207], grey]);
  });

  test('gives a copy of the requested width', async () => {
    const copy = await makeCopy(heic({ grid: { columns: 3, rows: 2 } }), {
      format: 'webp',
      width: 96,
      quality: 90,
      watermark: undefined,
    });
    expect(await sharp(copy).metadata()).toMatchObject({ format: 'webp', width: 96, height: 64 });
  });
});

describe('A HEIC file is refused with its reason', () => {
  test.each<[string, Uint8Array, RegExp]>([
    ['incomplete', heic().subarray(0, -20), /damaged or incomplete/],
    ['cut in its header', heic().subarray(0, 150), /damaged or incomplete/],
    ['a size that it does not have', heic({ width: 640, height: 640 }), /damaged or incomplete/],
    [
      'tiles missing',
      heic({ grid: { columns: 2, rows: 2 }, width: 640, height: 640 }),
      /damaged or incomplete/,
    ],
    ['a bomb', heic({ width: 60_000, height: 60_000 }), /3600 megapixels .*at most 100 megapixels/],
    [
      'a bomb of tiles',
      heic({ grid: { columns: 2, rows: 2 }, width: 9000, height: 9000 }),
      /648 MB of memory/,
    ],
    ['too many tiles', heic({ grid: { columns: 40, rows: 40 } }), /larger or more parts than are accepted/],
    ['a sequence', heic({ hasPrimary: false }), /has no still picture/],
    ['another coding', heic({ coding: 'unci' }), /compressed in an unusual way/],
  ])('%s', async (_title, file, reason) => {
    await expect(makeRenditions(file)).rejects.toThrow(
      expect.objectContaining({ reason: expect.stringMatching(reason) }),
    );
  });

  test('if it takes too much memory or time, and the next one is shown', async () => {
    const large = heic({ grid: { columns: 31, rows: 31 } });
    // Without its pixels: the message of a failed test would show all of them.
    const limited = async (limits: object) =>
      (await decodeHeic(large, defaultLimits, (image) => image, limits)).width;
    await expect(limited({ memoryMb: 17 })).rejects.toThrow(
      'takes more memory to draw than the 17 MB allowed',
    );
    await expect(limited({ cpuSeconds: 0.05 })).rejects.toThrow('more than the 0.05 seconds of computation');
    await expect(limited({ milliseconds: 50 })).rejects.toThrow('takes longer to draw than the 0.05 seconds');
    await expect(decode(heic())).resolves.toMatchObject({ width: 64 });
  });
});
