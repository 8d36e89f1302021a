import { crc32, deflateSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { sharp } from '../../../lib/media/image/libvips.ts';
import { makeCopy } from '../../../lib/media/image/make-copy.ts';
import { makeRenditions, type Rendition } from '../../../lib/media/image/renditions.ts';
import { RejectedImage } from '../../../lib/media/rejected-image.ts';

/**
 * Red, green, blue and grey quarters with noise: these show a rotation or mirroring, and compress like a
 * photograph.
 */
let scene: Buffer;

beforeAll(async () => {
  const quarter = (background: string, left: number, top: number) => ({
    input: { create: { width: 450, height: 300, channels: 3 as const, background } },
    left,
    top,
  });
  scene = await sharp({
    create: {
      width: 900,
      height: 600,
      channels: 3,
      background: 'grey',
      noise: { type: 'gaussian', mean: 128, sigma: 20 },
    },
  })
    .composite([quarter('#c82020', 0, 0), quarter('#20c820', 450, 0), quarter('#2020c8', 0, 300)])
    .png()
    .toBuffer();
});

describe('sizes', () => {
  test('each copy fits into its box', async () => {
    const { renditions } = await makeRenditions(await sharp(scene).jpeg().toBuffer());
    expect(renditions.map(({ name, mimeType, width, height }) => [name, mimeType, width, height])).toEqual([
      ['png', 'image/png', 300, 200],
      ['thumbnail', 'image/jpeg', 300, 200],
      ['card', 'image/jpeg', 400, 267],
    ]);
    for (const { mimeType, width, height, bytes } of renditions) {
      const read = await sharp(Buffer.from(bytes)).metadata();
      expect([`image/${read.format}`, read.width, read.height]).toEqual([mimeType, width, height]);
    }
  });

  test('a small image is not enlarged', async () => {
    const { renditions } = await makeRenditions(await solid('red', 7, 5).png().toBuffer());
    expect(renditions.every(({ width, height }) => width === 7 && height === 5)).toBe(true);
  });

  test.each([
    [20_000, 1],
    [1, 20_000],
  ])('%i×%i keeps at least one pixel in each direction', async (width, height) => {
    const { renditions } = await makeRenditions(await solid('red', width, height).png().toBuffer());
    for (const copy of renditions) expect(Math.min(copy.width, copy.height)).toBe(1);
  });

  test('a TIFF and a CMYK JPEG get a preview for browsers', async () => {
    const large = sharp(scene).resize(2000, 1000);
    const previews = [large.clone().tiff({ compression: 'lzw' }), large.clone().toColourspace('cmyk').jpeg()];
    for (const image of previews) {
      const { renditions } = await makeRenditions(await image.toBuffer());
      expect(pick(renditions, 'preview')).toMatchObject({
        width: 1600,
        height: 800,
        mimeType: 'image/jpeg',
      });
    }
  });
});

describe('upright', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i is applied, then gone', async (orientation) => {
    // The inverse of the transform of each value (CIPA DC-008, 4.6.4 A).
    const inverse = sharp(scene);
    if (orientation === 2) inverse.flop();
    if (orientation === 3) inverse.rotate(180);
    if (orientation === 4) inverse.flip();
    if (orientation === 5) inverse.rotate(270).flop(); // sharp flops first
    if (orientation === 6) inverse.rotate(270);
    if (orientation === 7) inverse.rotate(90).flop();
    if (orientation === 8) inverse.rotate(90);
    const turned = await sharp(await inverse.png().toBuffer())
      .withMetadata({ orientation })
      .jpeg()
      .toBuffer();

    const made = await makeRenditions(turned);
    expect([made.width, made.height]).toEqual([900, 600]);
    for (const copy of made.renditions) {
      expect(await difference(copy.bytes, scene)).toBeLessThan(4);
      expect((await sharp(Buffer.from(copy.bytes)).metadata()).orientation).toBeUndefined();
    }
  });

  test('an orientation in a PNG counts too', async () => {
    const turned = await sharp(scene).rotate(270).withMetadata({ orientation: 6 }).png().toBuffer();
    const made = await makeRenditions(turned);
    expect([made.width, made.height]).toEqual([900, 600]);
    expect(await difference(pick(made.renditions, 'card').bytes, scene)).toBeLessThan(4);
  });
});

describe('facts', () => {
  test('type, upright size and capture time come from the file', async () => {
    const exif = { IFD2: { DateTimeOriginal: '2024:05:06 07:08:09', OffsetTimeOriginal: '+01:00' } };
    const photo = await sharp(scene).withExif(exif).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await makeRenditions(photo)).toMatchObject({
      mimeType: 'image/jpeg',
      extension: 'jpg',
      width: 600,
      height: 900,
      capturedLocal: '2024-05-06T07:08:09',
      captureOffset: '+01:00',
    });
  });

  test('without EXIF there is no capture time', async () => {
    expect(await makeRenditions(scene)).not.toHaveProperty('capturedLocal');
  });
});

describe('colours', () => {
  test('transparency is white in a JPEG and is kept in the PNG', async () => {
    const clear = { r: 0, g: 0, b: 0, alpha: 0 };
    const { renditions } = await makeRenditions(await solid(clear, 500, 500, 4).png().toBuffer());
    expect(await centre(pick(renditions, 'thumbnail'))).toEqual([255, 255, 255]);
    expect((await centre(pick(renditions, 'png')))[3]).toBe(0);
  });

  test.each(['srgb', 'p3'])('16-bit RGB with the profile %s keeps its colour', async (profile) => {
    // sharp 0.35 alone converts it to (184,63,42).
    const deep = await solid('#c8321e', 50, 50)
      .toColourspace('rgb16')
      .withIccProfile(profile)
      .png()
      .toBuffer();
    const { renditions } = await makeRenditions(deep);
    expectColour(await centre(pick(renditions, 'thumbnail')), [200, 50, 30], 3);
  });

  test('8-bit Display P3 becomes sRGB, and the profile is gone', async () => {
    const wide = await solid('#c8321e', 50, 50).withIccProfile('p3').jpeg({ quality: 100 }).toBuffer();
    const { renditions } = await makeRenditions(wide);
    expectColour(await centre(pick(renditions, 'thumbnail')), [200, 50, 30], 4);
  });

  test('CMYK without a profile is not inverted', async () => {
    const { renditions } = await makeRenditions(
      await solid('#c8321e', 50, 50).toColourspace('cmyk').jpeg().toBuffer(),
    );
    expectColour(await centre(pick(renditions, 'thumbnail')), [200, 50, 30], 40);
  });

  test('16-bit grey keeps its brightness', async () => {
    const { renditions } = await makeRenditions(
      await solid('#808080', 50, 50).toColourspace('grey16').png().toBuffer(),
    );
    expectColour(await centre(pick(renditions, 'thumbnail')), [128, 128, 128], 2);
  });

  test('an animation shows its first frame', async () => {
    const frames = await Promise.all(['red', 'blue'].map((colour) => solid(colour, 40, 30).png().toBuffer()));
    for (const format of ['gif', 'webp'] as const) {
      const moving = await sharp(frames, { join: { animated: true } })
        .toFormat(format)
        .toBuffer();
      const made = await makeRenditions(moving);
      expect([made.width, made.height]).toEqual([40, 30]);
      expectColour(await centre(pick(made.renditions, 'png')), [255, 0, 0], 6);
    }
  });

  test('no copy has metadata', async () => {
    const photo = await sharp(scene)
      .withExif({ IFD0: { Copyright: 'SECRET' }, IFD3: { GPSLatitude: '48/1 51/1 0/1' } })
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/">SECRET</x:xmpmeta>')
      .withIccProfile('p3')
      .tiff()
      .toBuffer();
    for (const { bytes } of (await makeRenditions(photo)).renditions) {
      const { exif, xmp, icc, iptc, comments } = await sharp(Buffer.from(bytes)).metadata();
      expect({ exif, xmp, icc, iptc, comments }).toEqual({});
      expect(Buffer.from(bytes).includes('SECRET')).toBe(false);
    }
  });
});

describe('refusals', () => {
  const formats = [
    'jpeg',
    'progressive',
    'png',
    'adam7',
    'gif',
    'webp',
    'lossless',
    'tiff',
    'tiff-jpeg',
    'avif',
  ] as const;

  test.each(formats)('a %s file that is truncated at any place is refused', async (format) => {
    const whole = await encodeScene(format);
    await makeRenditions(whole);
    // A PNG without IEND (12 bytes) and a GIF without its trailer (1 byte) still have every pixel.
    const end = whole.length - (format === 'png' || format === 'adam7' ? 13 : 2);
    const places = [0.05, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999].map((share) => Math.floor(whole.length * share));
    for (const place of [...places.filter((at) => at < end), end]) {
      const error = await makeRenditions(whole.subarray(0, place)).catch((thrown: unknown) => thrown);
      expect(error, `cut at ${place} of ${whole.length}`).toBeInstanceOf(RejectedImage);
    }
  });

  test('a truncation is detected also if the JPEG is decoded at an eighth of its size', async () => {
    // Found by measuring: libvips reads 5000×3333 without its last lines, and decodes it if 3 kB are missing.
    const large = await sharp(scene).resize(5000, 3333).jpeg().toBuffer();
    await expect(makeRenditions(large)).resolves.toMatchObject({ width: 5000 });
    for (const missing of [2, 200, 2000]) {
      await expect(makeRenditions(large.subarray(0, -missing))).rejects.toThrow('its end is missing');
    }
  });

  test('bytes after the end of a JPEG do no harm: cameras append previews', async () => {
    const jpeg = await sharp(scene).jpeg().toBuffer();
    await expect(makeRenditions(Buffer.concat([jpeg, Buffer.alloc(5000, 7)]))).resolves.toMatchObject({
      width: 900,
    });
  });

  test('extra bytes before the scan of a JPEG do no harm, nor in copies; inside it they do', async () => {
    const jpeg = await sharp(scene).jpeg().toBuffer();
    const stray = Buffer.from([0xff, 0xfe, 0, 2, 1, 2, 3, 4, 5]); // after an empty comment
    const strayed = Buffer.concat([jpeg.subarray(0, 2), stray, jpeg.subarray(2)]);
    await expect(makeRenditions(strayed)).resolves.toMatchObject({ width: 900 });
    const copy = await makeCopy(strayed, {
      format: 'png',
      width: 300,
      quality: undefined,
      watermark: undefined,
    });
    expect(await difference(copy, scene)).toBeLessThan(4);
    const inside = Buffer.concat([jpeg.subarray(0, -9000), Buffer.from([0xff, 0xd3]), jpeg.subarray(-9000)]);
    await expect(makeRenditions(inside)).rejects.toThrow(RejectedImage);
  });

  test('a damaged profile or text in a PNG does no harm', async () => {
    const damaged = [
      chunk('iCCP', Buffer.from('x\0\0nonsense')),
      chunk('zTXt', Buffer.from('x\0\0nonsense')),
    ];
    for (const extra of damaged) {
      const png = Buffer.concat([scene.subarray(0, 33), extra, scene.subarray(33)]);
      await expect(makeRenditions(png)).resolves.toMatchObject({ width: 900 });
    }
  });

  test('too many pixels are refused with the number and the limit, before decoding', async () => {
    const flood = Buffer.from(await solid('red', 10, 10).png().toBuffer());
    flood.writeUInt32BE(50_000, 16);
    flood.writeUInt32BE(40_000, 20);
    flood.writeUInt32BE(crc32(flood.subarray(12, 29)), 29);
    await expect(makeRenditions(flood)).rejects.toThrow(
      'This image has 2000 megapixels (50000×40000); at most 100 megapixels are accepted.',
    );
    await expect(makeRenditions(scene, { pixels: 500_000 })).rejects.toThrow('1 megapixels (900×600)');
  });

  test('a picture with lines that are too long for memory is refused, for any number of lines', async () => {
    await expect(makeRenditions(await solid('red', 65_536, 2).png().toBuffer())).rejects.toThrow(
      'This image is stored in lines of 65536 pixels; at most 65535 are accepted.',
    );
    for (const [width, height] of [
      [65_535, 2],
      [2, 65_536],
    ] as const) {
      const long = await solid('red', width, height).png().toBuffer();
      await expect(makeRenditions(long)).resolves.toMatchObject({ width, height });
    }
  });

  test('a file that must be decoded as a whole is refused if it needs too much memory', async () => {
    const adam7 = await sharp(scene).png({ progressive: true }).toBuffer();
    const limits = { decodedBytes: 1_000_000 };
    await expect(makeRenditions(adam7, limits)).rejects.toThrow(
      'MB of memory to open; at most 1 MB are allowed',
    );
    await expect(makeRenditions(scene, limits)).resolves.toMatchObject({ width: 900 });
  });

  test('a profile that inflates to 100 MB uses no such memory', async () => {
    const bomb = chunk('iCCP', Buffer.concat([Buffer.from('x\0\0'), deflateSync(Buffer.alloc(100_000_000))]));
    const before = process.resourceUsage().maxRSS;
    await makeRenditions(Buffer.concat([scene.subarray(0, 33), bomb, scene.subarray(33)]));
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(80_000);
  });

  test('another type is refused with its name', async () => {
    await expect(makeRenditions(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))).rejects.toThrow(
      'This is an SVG drawing; expected JPEG, PNG, GIF, WebP, TIFF, AVIF, HEIC, BMP or PDF.',
    );
  });

  test('libvips itself refuses every type that is not on the list', async () => {
    await expect(
      sharp(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')).metadata(),
    ).rejects.toThrow();
  });

  test('the reason has the decoder’s own error as its cause', async () => {
    const error = await makeRenditions(scene.subarray(0, 5000)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'RejectedImage',
      reason: expect.stringContaining('PNG'),
      cause: expect.any(Error),
    });
  });

  function encodeScene(format: (typeof formats)[number]): Promise<Buffer> {
    const image = sharp(scene);
    if (format === 'progressive') return image.jpeg({ progressive: true }).toBuffer();
    if (format === 'adam7') return image.png({ progressive: true }).toBuffer();
    if (format === 'lossless') return image.webp({ lossless: true, effort: 0 }).toBuffer();
    if (format === 'tiff-jpeg') return image.tiff({ compression: 'jpeg' }).toBuffer();
    if (format === 'avif') return image.avif({ effort: 0 }).toBuffer();
    return image.toFormat(format).toBuffer();
  }
});

type Colour = string | { r: number; g: number; b: number; alpha: number };

function solid(background: Colour, width: number, height: number, channels: 3 | 4 = 3) {
  return sharp({ create: { width, height, channels, background } });
}

function pick(renditions: Rendition[], name: Rendition['name']): Rendition {
  const found = renditions.find((copy) => copy.name === name);
  if (!found) throw new Error(`no ${name} among ${renditions.map((copy) => copy.name)}`);
  return found;
}

async function centre({ bytes, width, height }: Rendition): Promise<number[]> {
  const at = { left: Math.floor(width / 2), top: Math.floor(height / 2), width: 1, height: 1 };
  return [...(await sharp(Buffer.from(bytes)).extract(at).raw().toBuffer())];
}

function expectColour(received: number[], expected: number[], tolerance: number): void {
  const off = expected.map((value, i) => Math.abs(value - (received[i] ?? Number.NaN)));
  expect(Math.max(...off), `expected about ${expected} but received ${received}`).toBeLessThanOrEqual(
    tolerance,
  );
}

/** Mean difference of two pictures, 0 to 255, both reduced to 60×40. */
async function difference(a: Uint8Array, b: Uint8Array): Promise<number> {
  const [left, right] = await Promise.all(
    [a, b].map((bytes) =>
      sharp(Buffer.from(bytes)).resize(60, 40, { fit: 'fill' }).removeAlpha().raw().toBuffer(),
    ),
  );
  if (!left || !right || left.length !== right.length) return Number.NaN;
  return left.reduce((sum, value, i) => sum + Math.abs(value - (right[i] ?? 0)), 0) / left.length;
}

/** A PNG chunk (PNG 3rd edition, 5.3). */
function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
