import { describe, expect, test } from 'vitest';
import { sharp } from '../../../lib/media/image/libvips.ts';
import { makeCopy } from '../../../lib/media/image/make-copy.ts';
import { makeRenditions } from '../../../lib/media/image/renditions.ts';
import { RejectedImage } from '../../../lib/media/rejected-image.ts';
import { directoryAt, tiff } from '../../fixtures/tiffs.ts';

const orange = [200, 100, 50];

/** This number of pixels of one colour. */
const all = (colour: number[], width = 20, height = 10) =>
  Uint8Array.from({ length: width * height * colour.length }, (_value, i) => colour[i % colour.length] ?? 0);

const picture = { width: 20, height: 10, channels: 3, bits: 8, pixels: all(orange) };

describe('additional tags of a scanner do no harm', () => {
  const text = { type: 2, count: 4, value: 0x4142_4344 }; // four letters, and no NUL at the end
  test.each([
    ['a page number with one value', { tags: [[297, 1]] }],
    ['a text without its NUL', { tags: [[34737, text]] }],
    ['a private tag', { tags: [[65000, text]] }],
    [
      'unsorted tags',
      {
        tags: [
          [296, 2],
          [254, 0],
        ],
      },
    ],
    ['a next directory that is the first one', { next: directoryAt }],
  ] satisfies [string, Partial<Parameters<typeof tiff>[0]>][])('%s', async (_title, oddity) => {
    const odd = tiff({ ...picture, ...oddity });
    expect(await colourOf(odd)).toEqual(orange);
    const options = { format: 'png', width: 10, quality: undefined, watermark: undefined } as const;
    expect(await sharp(await makeCopy(odd, options)).metadata()).toMatchObject({ width: 10, height: 5 });
    // And missing pixels are still detected.
    expect(await refusal(odd.subarray(0, -1))).toMatch(/damaged or incomplete/);
  });
});

describe('channels', () => {
  const noTransparency = 0;
  test('a saved selection beside the colours is not transparency', async () => {
    const selected = tiff({
      ...picture,
      channels: 4,
      pixels: all([...orange, 0]),
      tags: [[338, noTransparency]],
    });
    expect(await colourOf(selected)).toEqual(orange);
  });

  test('an alpha channel is transparency', async () => {
    const clear = tiff({ ...picture, channels: 4, pixels: all([...orange, 0]), tags: [[338, 2]] });
    expect((await colourOf(clear))[3]).toBe(0);
  });

  test.each([
    ['the colours', [0, 0], orange],
    ['the colours and their transparency', [2, 0], [...orange, 255]],
  ])('of more than four, %s are used', async (_title, kinds, shown) => {
    const many = tiff({ ...picture, channels: 5, pixels: all([...orange, 255, 9]), tags: [[338, kinds]] });
    expect(await colourOf(many)).toEqual(shown);
  });
});

describe('sample values', () => {
  const floats = (size: number, ...colour: number[]) =>
    new Uint8Array(
      Float32Array.from({ length: size * colour.length }, (_value, i) => colour[i % colour.length] ?? 0)
        .buffer,
    );

  test('floating-point colours are linear light, from 0 to 1', async () => {
    // Large enough to be reduced: in that case sharp alone makes it black.
    const [width, height] = [800, 400];
    const pixels = floats(width * height, 1, 0.2159, 0); // of which sRGB has 255, 128 and 0
    const light = tiff({ width, height, channels: 3, bits: 32, pixels, tags: [[339, [3, 3, 3]]] });
    expect(await colourOf(light)).toEqual([255, 128, 0]);
  });

  test.each([
    ['floating point', { bits: 32, pixels: floats(200, 0.5), tags: [[339, 3]] }],
    ['32 bits', { bits: 32, pixels: floats(200, 0.5), tags: [] }],
    ['signed', { bits: 16, pixels: all([0, 1]), tags: [[339, 2]] }],
  ] satisfies [string, Partial<Parameters<typeof tiff>[0]>][])(
    'grey with %s has no known black and white, and is refused',
    async (_title, kind) => {
      const grey = tiff({ ...picture, channels: 1, ...kind });
      expect(await refusal(grey)).toBe(
        'This TIFF file has pixels of 32 bits, with a sign or with fractions, which is not accepted. ' +
          'Please save it as PNG or JPEG.',
      );
    },
  );
});

describe('an undamaged file that can’t be read is not called damaged', () => {
  test.each([
    ['old-style JPEG', 6, 'is compressed in an unusual way'],
    ['LZMA', 34925, 'is compressed in an unusual way'],
    ['Zstandard', 50000, 'is compressed in an unusual way'],
  ])('%s', async (_title, compression, reason) => {
    expect(await refusal(tiff({ ...picture, tags: [[259, compression]] }))).toContain(reason);
  });

  test('twelve bits', async () => {
    const twelve = tiff({ ...picture, channels: 1, bits: 12, pixels: all([1, 2, 3], 10) });
    expect(await refusal(twelve)).toContain('has an unusual number of bits for each pixel');
  });

  test('luminance and chrominance in separate planes', async () => {
    const planes = tiff({
      ...picture,
      tags: [
        [262, 6],
        [273, [200, 400, 600]],
        [279, [200, 200, 200]],
        [284, 2],
        [530, [1, 1]],
      ],
    });
    expect(await refusal(planes)).toContain('stores its colours in an unusual way');
  });
});

async function colourOf(bytes: Buffer): Promise<number[]> {
  const { renditions } = await makeRenditions(bytes);
  const png = renditions.find(({ name }) => name === 'png');
  return [...(await sharp(png?.bytes).extract({ left: 9, top: 4, width: 1, height: 1 }).raw().toBuffer())];
}

async function refusal(bytes: Buffer): Promise<string> {
  const error = await makeRenditions(bytes).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RejectedImage);
  return error instanceof RejectedImage ? error.reason : '';
}
