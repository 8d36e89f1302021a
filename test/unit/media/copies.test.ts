import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ReadyImage } from '../../../lib/domain/images/image.ts';
import { type CopyFormat, copyOf, LONGEST_SIDE } from '../../../lib/domain/images/image-copy.ts';
import { sharp } from '../../../lib/media/image/libvips.ts';
import { type CopyOptions, makeCopy } from '../../../lib/media/image/make-copy.ts';
import { fromPixels, type Pixels, toPixels } from '../../../lib/media/image/pixels.ts';
import { drawWatermark } from '../../../lib/media/image/watermark.ts';
import { bmp } from '../../fixtures/bmps.ts';
import { pdf } from '../../fixtures/pdfs.ts';
import { photo } from '../../fixtures/photos.ts';
import { tiffChain } from '../../fixtures/tiff-chains.ts';

const optionsOf = (given: Partial<CopyOptions> = {}): CopyOptions => ({
  format: 'jpeg',
  width: 4000,
  quality: 85,
  watermark: undefined,
  ...given,
});
const read = (bytes: Uint8Array) => sharp(bytes).metadata();
const pixelsOf = (bytes: Uint8Array) => toPixels(sharp(bytes).removeAlpha());
const grey = (width: number, height: number, channels: Pixels['channels'] = 3): Pixels => ({
  data: new Uint8Array(width * height * channels).fill(120),
  width,
  height,
  channels,
});

/** The number of samples with a visible difference. */
const changed = (a: Pixels, b: Pixels) =>
  a.data.reduce((sum, value, i) => sum + (Math.abs(value - (b.data[i] ?? 0)) > 20 ? 1 : 0), 0);

/** The four corners, each a quarter of the picture's width and height. */
const corners = ({ width, height }: Pixels) =>
  [0, 0.75].flatMap((x) =>
    [0, 0.75].map((y) => ({
      left: Math.floor(x * width),
      top: Math.floor(y * height),
      width: Math.floor(width / 4),
      height: Math.floor(height / 4),
    })),
  );

test.each(Object.entries(LONGEST_SIDE) as [CopyFormat, number][])(
  'A %s of a picture of 1×70000 pixels is %d high',
  async (format, longest) => {
    const line = await sharp({ create: { width: 1, height: 70_000, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const image = { mimeType: 'image/png', width: 1, height: 70_000 } as ReadyImage;
    const copy = await makeCopy(line, { ...copyOf(image, { format }), redraw: undefined });
    expect(await read(copy)).toMatchObject({ width: 1, height: longest });
  },
);

describe('A copy', () => {
  test.each([
    ['jpeg', 'jpeg'],
    ['png', 'png'],
    ['webp', 'webp'],
    ['avif', 'heif'],
  ] as const)(
    'as %s is upright, sRGB, of the requested width, and without metadata',
    async (format, found) => {
      const original = await sharp((await photo({ width: 300, height: 200 })).bytes)
        .withExif({ IFD0: { Artist: 'A copy' }, IFD3: { GPSLatitude: '52/1 30/1 0/1' } })
        .withMetadata({ orientation: 6 })
        .withIccProfile('p3')
        .jpeg()
        .toBuffer();
      expect((await read(original)).exif).toBeDefined();
      const header = await read(await makeCopy(original, optionsOf({ format, width: 100 })));
      expect(header).toMatchObject({ format: found, width: 100, height: 150, space: 'srgb' });
      expect([header.exif, header.icc, header.xmp, header.iptc, header.orientation]).toEqual(
        [].concat(Array(5).fill(undefined) as never[]),
      );
    },
  );

  test.each(['jpeg', 'png', 'gif', 'webp', 'tiff', 'avif'] as const)('is made of a %s', async (format) => {
    const { bytes } = await photo({ format, width: 120, height: 80 });
    const copy = await makeCopy(bytes, optionsOf({ format: 'png', width: 60 }));
    expect(await read(copy)).toMatchObject({ width: 60, height: 40 });
    const expected = await toPixels(sharp(bytes).removeAlpha().resize(60));
    expect(changed(await pixelsOf(copy), expected)).toBe(0);
  });

  test('is made of a BMP', async () => {
    const original = bmp({ width: 4, height: 2, bits: 32, pixels: Buffer.alloc(32, 200) });
    const copy = await makeCopy(original, optionsOf({ format: 'png', width: 2 }));
    expect([...(await pixelsOf(copy)).data]).toEqual(Array(6).fill(200));
  });

  test('is never larger than its original', async () => {
    const { bytes } = await photo({ width: 50, height: 40 });
    expect(await read(await makeCopy(bytes, optionsOf({ width: 4000 })))).toMatchObject({
      width: 50,
      height: 40,
    });
  });

  test('has the colours of its profile, and white where a JPEG can’t be transparent', async () => {
    const cmyk = await sharp((await photo()).bytes)
      .toColourspace('cmyk')
      .jpeg()
      .toBuffer();
    expect(await read(await makeCopy(cmyk, optionsOf()))).toMatchObject({ space: 'srgb', channels: 3 });
    const clear = await fromPixels({ ...grey(4, 4, 4), data: new Uint8Array(64) })
      .png()
      .toBuffer();
    expect([...(await pixelsOf(await makeCopy(clear, optionsOf()))).data]).toEqual(Array(48).fill(255));
  });

  test('is smaller for a lower quality', async () => {
    const { bytes } = await photo();
    for (const format of ['jpeg', 'webp', 'avif'] as const) {
      const [low, high] = await Promise.all(
        [10, 95].map((quality) => makeCopy(bytes, optionsOf({ format, quality }))),
      );
      expect(low?.length, format).toBeLessThan((high?.length ?? 0) / 2);
    }
  });

  test('of the same query is the same, byte for byte', async () => {
    const { bytes } = await photo();
    const marked = optionsOf({ format: 'webp', watermark: 'A copy' });
    expect(await makeCopy(bytes, marked)).toEqual(await makeCopy(bytes, marked));
  });

  test('of a file that is not an image is refused', async () => {
    await expect(makeCopy(new TextEncoder().encode('%PDF-1.7'), optionsOf())).rejects.toThrow('PDF');
  });
});

describe('A watermark', () => {
  test.each([
    'x',
    'Copy of 6 November 2025',
    'a'.repeat(100),
    '<b>&amp;</b> "\'',
    '</span>&#x41;&bogus;',
    'Пациент · Ασθενής · Հիվանդ',
    'مريض רופא \u202e',
    '患者画像 환자',
    'हिन्दी ไทย',
    '😀🇩🇪👩‍👩‍👧',
    `Z${'\u0301'.repeat(99)}`,
    '\u{10fffd}\ufffe\u{13000}',
  ])('of any text is drawn into every corner: %j', async (text) => {
    const before = grey(800, 600);
    const after = await drawWatermark(before, text);
    expect([after.width, after.height, after.channels]).toEqual([800, 600, 3]);
    for (const corner of corners(before)) {
      const cut = (pixels: Pixels) => toPixels(fromPixels(pixels).extract(corner));
      expect(changed(await cut(after), await cut(before)), JSON.stringify(corner)).toBeGreaterThan(100);
    }
  });

  test.each([
    [16, 16],
    [1, 1],
    [4000, 1],
    [1, 4000],
    [20, 3000],
  ])('fits a picture of %i×%i', async (width, height) => {
    for (const channels of [1, 2, 3, 4] as const) {
      const after = await drawWatermark(grey(width, height, channels), 'A copy');
      expect([after.width, after.height]).toEqual([width, height]);
      expect(after.data.some((value) => Math.abs(value - 120) > 20)).toBe(true);
    }
  });

  test.each([0, 120, 255])(
    'is visible on a background of %i, and leaves most of it unchanged',
    async (value) => {
      const before = { ...grey(800, 600), data: new Uint8Array(800 * 600 * 3).fill(value) };
      const share = changed(await drawWatermark(before, 'A copy'), before) / before.data.length;
      expect(share).toBeGreaterThan(0.01);
      expect(share).toBeLessThan(0.4);
    },
  );

  test('is drawn with its own font where none is installed, as in Lambda', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'negatoscope-fonts-'));
    try {
      writeFileSync(join(folder, 'fonts.conf'), '<?xml version="1.0"?><fontconfig></fontconfig>');
      const draw = (text: string, env: Record<string, string>) => ({
        ...grey(800, 600),
        data: execFileSync(process.execPath, [join(import.meta.dirname, 'draw-watermark.ts'), text], {
          env: { PATH: process.env.PATH, ...env },
          maxBuffer: 10_000_000,
        }),
      });
      const bare = { FONTCONFIG_FILE: join(folder, 'fonts.conf'), HOME: folder };
      const [here, there] = [draw('ŽΩЖ', {}), draw('ŽΩЖ', bare)];
      const ink = changed(here, { ...here, data: new Uint8Array(here.data.length) });
      expect(ink).toBeGreaterThan(20_000);
      // Other settings smooth the edges of letters in another way; boxes instead of letters differ
      // everywhere.
      expect(changed(here, there)).toBeLessThan(ink / 2);
      expect(changed(here, draw('\u{e001}'.repeat(3), bare))).toBeGreaterThan(ink);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('A copy of another page', () => {
  const page = (width: number, height: number, shade: number) => ({
    width,
    height,
    channels: 1,
    strips: [new Uint8Array(width * height).fill(shade)],
  });
  const reduced = { ...page(4, 4, 1), tags: { 254: 1 } };

  test('of a TIFF shows that page: smaller versions and masks do not count', async () => {
    const scan = tiffChain([page(20, 10, 0), reduced, page(10, 30, 128), page(8, 8, 255)]);
    const second = await makeCopy(scan, optionsOf({ format: 'png', page: 2, width: 4000, maxHeight: 4000 }));
    expect(await read(second)).toMatchObject({ width: 10, height: 30 });
    expect((await pixelsOf(second)).data.every((sample) => sample === 128)).toBe(true);
    const third = await makeCopy(scan, optionsOf({ format: 'png', page: 3, width: 4 }));
    expect(await read(third)).toMatchObject({ width: 4, height: 4 });
  });

  test('of a TIFF is a larger picture below it, as for the first page', async () => {
    const scan = tiffChain([page(20, 10, 0), { ...page(4, 2, 9), below: [page(40, 20, 200)] }]);
    expect(await read(await makeCopy(scan, optionsOf({ page: 2, width: 4000 })))).toMatchObject({
      width: 40,
      height: 20,
    });
  });

  test('is no higher than allowed, whatever shape it has', async () => {
    const scan = tiffChain([page(20, 10, 0), page(10, 6000, 128)]);
    expect(
      await read(await makeCopy(scan, optionsOf({ page: 2, width: 4000, maxHeight: 4000 }))),
    ).toMatchObject({
      width: 7,
      height: 4000,
    });
  });

  test.each([
    ['that does not exist', page(20, 10, 0), 3, 'This TIFF file has no page with the number 3; it has 2.'],
    [
      'whose pixels are missing',
      { ...page(20, 10, 0), strips: [new Uint8Array(7)] },
      2,
      'damaged or incomplete',
    ],
    [
      'beyond the limits, before it is decoded',
      { ...page(20, 10, 0), tags: { 256: 60_000, 257: 60_000 } },
      2,
      'This image has 3600 megapixels',
    ],
  ])('%s is refused', async (_what, second, number, reason) => {
    const scan = tiffChain([page(20, 10, 0), second]);
    await expect(makeCopy(scan, optionsOf({ page: number }))).rejects.toThrow(reason);
  });

  test('of a PDF is drawn from the original', async () => {
    const copy = await makeCopy(pdf({ morePages: [''] }), optionsOf({ format: 'png', page: 2, width: 100 }));
    expect(await read(copy)).toMatchObject({ width: 100, height: 150 });
    expect((await pixelsOf(copy)).data.every((sample) => sample === 255)).toBe(true);
  });
});
