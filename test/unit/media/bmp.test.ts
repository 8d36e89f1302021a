import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBmp } from '../../../lib/media/image/decode-bmp.ts';
import { defaultLimits } from '../../../lib/media/image/rendition-limits.ts';
import { makeRenditions } from '../../../lib/media/image/renditions.ts';
import { RejectedImage } from '../../../lib/media/rejected-image.ts';
import { bmp } from '../../fixtures/bmps.ts';

const RED = [255, 0, 0] as const;
const GREEN = [0, 255, 0] as const;
const BLUE = [0, 0, 255] as const;
const palette = [RED, GREEN, BLUE];

/** Red and green above, blue and red below: these show whether the image is mirrored in either direction. */
const expected = [RED, GREEN, BLUE, RED];

const decode = (file: Uint8Array) => decodeBmp(file, defaultLimits).pixels;
const coloursOf = (file: Uint8Array) => {
  const { data, channels } = decode(file);
  return Array.from({ length: data.length / channels }, (_value, i) => [
    ...data.subarray(i * channels, (i + 1) * channels),
  ]);
};
const bytes = (...values: number[]) => Uint8Array.from(values);

describe('The same four pixels', () => {
  test.each<[string, Buffer]>([
    ['2 bits', bmp({ width: 2, height: 2, bits: 2, palette, pixels: bytes(0x80, 0, 0, 0, 0x10, 0, 0, 0) })],
    ['4 bits', bmp({ width: 2, height: 2, bits: 4, palette, pixels: bytes(0x20, 0, 0, 0, 0x01, 0, 0, 0) })],
    ['8 bits', bmp({ width: 2, height: 2, bits: 8, palette, pixels: bytes(2, 0, 0, 0, 0, 1, 0, 0) })],
    [
      '8 bits, top-down',
      bmp({ width: 2, height: -2, bits: 8, palette, pixels: bytes(0, 1, 0, 0, 2, 0, 0, 0) }),
    ],
    ['16 bits', bmp({ width: 2, height: 2, bits: 16, pixels: bytes(0x1f, 0, 0, 0x7c, 0, 0x7c, 0xe0, 0x03) })],
    [
      '16 bits with six for green',
      bmp({
        width: 2,
        height: 2,
        bits: 16,
        compression: 3,
        masks: [0xf800, 0x07e0, 0x001f],
        pixels: bytes(0x1f, 0, 0, 0xf8, 0, 0xf8, 0xe0, 0x07),
      }),
    ],
    [
      '24 bits',
      bmp({
        width: 2,
        height: 2,
        bits: 24,
        pixels: bytes(255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0, 255, 0, 0, 0),
      }),
    ],
    [
      '32 bits, the fourth byte unused',
      bmp({
        width: 2,
        height: 2,
        bits: 32,
        pixels: bytes(255, 0, 0, 0, 0, 0, 255, 9, 0, 0, 255, 0, 0, 255, 0, 7),
      }),
    ],
    [
      'run lengths of 8 bits',
      bmp({
        width: 2,
        height: 2,
        bits: 8,
        compression: 1,
        palette,
        pixels: bytes(1, 2, 1, 0, 0, 0, 1, 0, 1, 1, 0, 1),
      }),
    ],
    [
      'run lengths of 4 bits, one row in absolute mode',
      bmp({
        width: 2,
        height: 2,
        bits: 4,
        compression: 2,
        palette,
        pixels: bytes(2, 0x20, 0, 0, 1, 0, 1, 0x10, 0, 1),
      }),
    ],
  ])('are decoded from %s', (_title, file) => {
    expect(coloursOf(file)).toEqual(expected);
  });
});

test('One bit for each pixel is decoded as two colours', () => {
  const file = bmp({
    width: 10,
    height: 1,
    bits: 1,
    palette: [RED, BLUE],
    pixels: bytes(0b0101_0101, 0b1000_0000, 0, 0),
  });
  expect(coloursOf(file).map((colour) => colour[2])).toEqual([0, 255, 0, 255, 0, 255, 0, 255, 255, 0]);
});

test('Absolute mode with an odd number of indices, and a delta, are decoded', () => {
  const pixels = bytes(0, 3, 0, 1, 2, 0, 0, 2, 1, 0, 1, 1, 0, 1);
  const file = bmp({ width: 5, height: 1, bits: 8, compression: 1, palette, pixels });
  expect(coloursOf(file)).toEqual([RED, GREEN, BLUE, RED, GREEN]);
});

describe('Transparency', () => {
  const masks = [0x00ff_0000, 0x0000_ff00, 0x0000_00ff, 0xff00_0000];
  const one = (alpha: number) =>
    coloursOf(bmp({ width: 1, height: 1, bits: 32, compression: 3, masks, pixels: bytes(1, 2, 3, alpha) }));

  test('is kept if the file has a mask for it', () => {
    expect(one(128)).toEqual([[3, 2, 1, 128]]);
  });

  test('of every pixel means that the writer did not set it', () => {
    expect(one(0)).toEqual([[3, 2, 1, 255]]);
  });
});

describe('A BMP becomes an image', () => {
  const width = 500;
  const whole = bmp({ width, height: 400, bits: 24, pixels: new Uint8Array(width * 3 * 400).fill(200) });

  test('with its copies, and without preview: browsers display it', async () => {
    const { renditions, ...facts } = await makeRenditions(whole);
    expect(facts).toEqual({ mimeType: 'image/bmp', extension: 'bmp', width: 500, height: 400 });
    expect(renditions.map(({ name, width, height }) => [name, width, height])).toEqual([
      ['png', 300, 240],
      ['thumbnail', 300, 240],
      ['card', 400, 320],
    ]);
  });

  test('but not if it is truncated', async () => {
    for (const end of [18, 30, 54, 100, whole.length - 1]) {
      await expect(makeRenditions(whole.subarray(0, end)), `cut at ${end}`).rejects.toThrow(RejectedImage);
    }
  });

  test('but not beyond the limits, which are checked before anything is decoded', async () => {
    const huge = bmp({ width: 50_000, height: 40_000, bits: 24, pixels: bytes(0) });
    await expect(makeRenditions(huge)).rejects.toThrow(
      'This image has 2000 megapixels (50000×40000); at most 100 megapixels are accepted.',
    );
    await expect(makeRenditions(whole, { decodedBytes: 500_000 })).rejects.toThrow('This BMP file (500×400');
  });

  test('but not if a few run lengths claim a hundred megapixels', () => {
    const bomb = bmp({
      width: 10_000,
      height: 10_000,
      bits: 8,
      compression: 1,
      palette,
      pixels: bytes(0, 1),
    });
    expect(() => decode(bomb)).toThrow('its end is missing');
  });

  test.each([
    ['an embedded JPEG', { bits: 24, compression: 4 }, 'This BMP file holds a JPEG meant for a printer'],
    ['64 bits', { bits: 64 }, 'This BMP file has 64 bits for each pixel'],
    ['masks with gaps', { bits: 16, compression: 3, masks: [5, 0, 0] }, 'its colour masks have gaps'],
    ['no width', { width: 0, bits: 24 }, 'its size is 0×1'],
  ])('but not with %s', (_title, fields, reason) => {
    expect(() => decode(bmp({ width: 1, height: 1, pixels: bytes(0, 0, 0, 0), ...fields }))).toThrow(reason);
  });
});

test('A damaged file has pixels or a reason, never another error', () => {
  const files = [
    bmp({
      width: 5,
      height: 3,
      bits: 4,
      compression: 2,
      palette,
      pixels: bytes(2, 0x20, 0, 0, 0, 3, 1, 0, 0, 1),
    }),
    bmp({
      width: 3,
      height: 2,
      bits: 32,
      compression: 3,
      masks: [255, 65280, 0, 0],
      pixels: new Uint8Array(24),
    }),
  ];
  fc.assert(
    fc.property(fc.constantFrom(...files), fc.nat(90), fc.nat(255), fc.nat(100), (file, at, value, end) => {
      const damaged = Buffer.from(file);
      if (at > 17 && at < damaged.length) damaged[at] = value;
      try {
        decodeBmp(damaged.subarray(0, Math.max(18, end)), { pixels: 1e6, decodedBytes: 1e7 });
      } catch (error) {
        expect(error).toBeInstanceOf(RejectedImage);
      }
    }),
  );
});
