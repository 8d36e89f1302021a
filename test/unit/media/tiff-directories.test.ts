import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { sniffImageFormat } from '../../../lib/media/formats/image-format.ts';
import { sharp } from '../../../lib/media/image/libvips.ts';
import { makeCopy } from '../../../lib/media/image/make-copy.ts';
import { makeRenditions } from '../../../lib/media/image/renditions.ts';
import { RejectedImage } from '../../../lib/media/rejected-image.ts';
import { type TiffPicture, tiffChain } from '../../fixtures/tiff-chains.ts';

/** Quarters of these colours; the first is upper left. */
function quarters(width: number, height: number, colours: number[][], sampleBytes = 1): Buffer {
  const pixels = Array.from({ length: width * height }, (_value, i) => {
    const quarter = (i % width < width / 2 ? 0 : 1) + (Math.floor(i / width) < height / 2 ? 0 : 2);
    return (colours[quarter] ?? []).flatMap((sample) => Array.from({ length: sampleBytes }, () => sample));
  });
  return Buffer.from(pixels.flat());
}

const coloured = [
  [200, 40, 40],
  [40, 180, 40],
  [40, 40, 200],
  [255, 255, 255],
];
const greys = [[88], [122], [58], [255]];
const seen = coloured.flat();
const seenGrey = greys.flatMap(([grey]) => [grey, grey, grey]);

const picture = (width = 96, height = 128, tags: TiffPicture['tags'] = {}): TiffPicture => ({
  width,
  height,
  channels: 3,
  strips: [quarters(width, height, coloured)],
  tags,
});
const kinds = [
  ['little-endian', {}],
  ['big-endian', { isLittle: false }],
  ['BigTIFF', { isBig: true }],
  ['big-endian BigTIFF', { isBig: true, isLittle: false }],
] as const;

describe.each(kinds)('tags that follow from the size may be missing or wrong, %s', (_title, kind) => {
  const rows = (from: number, to: number) => quarters(96, 128, coloured).subarray(from * 288, to * 288);
  const inStrips = { ...picture(), strips: [rows(0, 50), rows(50, 100), rows(100, 128)] };
  const deflated = {
    ...inStrips,
    strips: inStrips.strips.map((strip) => deflateSync(strip)),
    tags: { 259: 8, 278: 50 },
  };
  test.each<[string, TiffPicture]>([
    ['no strip lengths', picture(96, 128, { 279: undefined })],
    ['no lengths of many strips', { ...inStrips, tags: { 278: 50, 279: undefined } }],
    ['strip lengths beyond the end', { ...inStrips, tags: { 278: 50, 279: [9e6, 9e6, 9e6] } }],
    ['strip lengths of zero', { ...inStrips, tags: { 278: 50, 279: [0, 0, 0] } }],
    ['lengths of half a strip', { ...inStrips, tags: { 278: 50, 279: [7200, 7200, 4032] } }],
    ['no lengths of compressed strips', { ...deflated, tags: { ...deflated.tags, 279: undefined } }],
    [
      'lengths of compressed strips beyond the end',
      { ...deflated, tags: { ...deflated.tags, 279: [9e6, 9e6, 9e6] } },
    ],
    ['one depth for all channels', picture(96, 128, { 258: 8 })],
    ['a predictor without compression', picture(96, 128, { 317: 1 })],
    ['fax options without fax compression', picture(96, 128, { 292: 0, 293: 0 })],
    ['an invalid orientation', picture(96, 128, { 274: 9 })],
    ['an invalid planar configuration', picture(96, 128, { 284: 0 })],
    ['no photometric interpretation', picture(96, 128, { 262: undefined })],
    ['too many extra channels', picture(96, 128, { 338: [0, 0] })],
  ])('%s', async (_name, odd) => {
    expect(await coloursOf(tiffChain([odd], kind))).toEqual(seen);
  });

  test('a fourth channel without a declared meaning is not used as transparency, for any values', async () => {
    for (const fourth of [0, 100, 255]) {
      const strips = [
        quarters(
          96,
          128,
          coloured.map((colour) => [...colour, fourth]),
        ),
      ];
      expect(await coloursOf(tiffChain([{ ...picture(), channels: 4, strips }], kind))).toEqual(seen);
    }
  });

  test.each<[string, TiffPicture]>([
    ['with their length', picture(96, 128, {})],
    ['without a length', picture(96, 128, { 279: undefined })],
    ['with a length beyond the end', picture(96, 128, { 279: 9e6 })],
    ['with the length of all', picture(96, 128, { 279: 96 * 128 * 3 })],
  ])('missing pixels before the directory are still missing, %s', async (_name, whole) => {
    const [strip] = whole.strips;
    const cut = { ...whole, strips: [strip?.subarray(0, 20_000) ?? Buffer.alloc(0)] };
    expect(await refusal(tiffChain([cut], kind))).toMatch(/damaged or incomplete/);
  });

  test('missing compressed pixels are still missing', async () => {
    const cut = { ...deflated, strips: deflated.strips.map((strip) => strip.subarray(0, strip.length / 2)) };
    expect(await refusal(tiffChain([cut], kind))).toMatch(/damaged or incomplete/);
  });

  test.each<[string, TiffPicture['tags'], RegExp]>([
    ['a size whose bytes no word can count', { 256: 60_000, 257: 322_144, 278: 322_144 }, /19329 megapixels/],
    ['more channels than can be', { 277: 4_000_000_000 }, /damaged|unusual/],
    ['no channel', { 277: 0 }, /damaged|unusual/],
    ['no width', { 256: 0 }, /damaged/],
    ['places behind the end', { 273: 4_294_967_295 }, /damaged/],
  ])('%s is refused with a reason', async (_title, tags, reason) => {
    expect(await refusal(tiffChain([picture(96, 128, tags)], kind))).toMatch(reason);
  });
});

describe('planes', () => {
  const plane = (channel: number, sampleBytes = 1, rest = [255]) =>
    quarters(
      96,
      128,
      greys.map((grey) => [[...grey, ...rest][channel] ?? 0]),
      sampleBytes,
    );
  const inPlanes = (bits: number, channels: number, tags: TiffPicture['tags']): TiffPicture => ({
    width: 96,
    height: 128,
    channels,
    bits,
    strips: Array.from({ length: channels }, (_value, i) => plane(i, bits / 8, [255, 9])),
    tags: { 284: 2, ...tags },
  });

  test.each(kinds)('grey with a second one, %s', async (_title, kind) => {
    for (const bits of [8, 16]) {
      for (const named of [undefined, 0, 1, 2]) {
        const file = tiffChain([inPlanes(bits, 2, { 338: named })], kind);
        expect(await coloursOf(file), `${bits} bits, ${named}`).toEqual(seenGrey);
      }
      expect(await coloursOf(tiffChain([inPlanes(bits, 3, { 262: 1, 338: [0, 0] })], kind))).toEqual(
        seenGrey,
      );
    }
  });

  test('in strips, compressed, and with white as 0', async () => {
    const halves = [0, 1].flatMap((channel) => {
      const whole = channel === 0 ? plane(0).map((grey) => 255 - grey) : plane(1);
      return [whole.subarray(0, 96 * 70), whole.subarray(96 * 70)].map((half) => deflateSync(half));
    });
    const file = tiffChain([{ ...inPlanes(8, 2, { 259: 8, 262: 0, 278: 70, 338: 2 }), strips: halves }]);
    expect(await coloursOf(file)).toEqual(seenGrey);
  });

  test('transparency is kept, and premultiplied grey is divided by it', async () => {
    const half = {
      ...inPlanes(8, 2, { 338: 1 }),
      strips: [plane(0).map((grey) => grey / 2), plane(1, 1, [128])],
    };
    const shown = await pixelsOf(tiffChain([half]), 'png');
    expect(shown.slice(0, 4)).toEqual([88, 88, 88, 128]);
  });

  test('a copy is the same', async () => {
    const options = { format: 'png', width: 48, quality: undefined, watermark: undefined } as const;
    const copy = await makeCopy(tiffChain([inPlanes(8, 2, { 338: 0 })]), options);
    expect(await quartersOf(copy)).toEqual(seenGrey);
  });

  test('tiles in planes are refused with this reason', async () => {
    const tiles = { ...picture(16, 16), strips: [0, 1, 2].map(() => Buffer.alloc(256)) };
    const file = tiffChain([
      {
        ...tiles,
        tags: {
          284: 2,
          273: undefined,
          279: undefined,
          322: 16,
          323: 16,
          324: [8, 264, 520],
          325: [256, 256, 256],
        },
      },
    ]);
    expect(await refusal(file)).toContain('stores its colours in an unusual way');
  });
});

describe('a valid file that is not supported is not called damaged', () => {
  test.each([
    ['24 bits', 24, 1, {}],
    ['64 bits', 64, 1, { 339: 3 }],
    ['64 bits, integer', 64, 1, {}],
    ['64 bits of three colours', 64, 3, { 339: [3, 3, 3] }],
    ['24 bits of three colours', 24, 3, {}],
    ['24 bits in planes', 24, 3, { 284: 2 }],
    ['128 bits', 128, 1, { 339: 6 }],
    ['5 bits', 5, 1, {}],
  ] as const)('%s', async (_title, bits, channels, tags) => {
    const isPlanar = '284' in tags;
    const length = Math.ceil((96 * bits * (isPlanar ? 1 : channels)) / 8) * 128;
    const strips = Array.from({ length: isPlanar ? channels : 1 }, () => Buffer.alloc(length));
    const file = tiffChain([{ width: 96, height: 128, channels, bits, strips, tags }]);
    expect(await refusal(file)).toContain('has an unusual number of bits for each pixel');
  });

  test('channels of different depths', async () => {
    const file = tiffChain([picture(96, 128, { 258: [5, 6, 5] })]);
    expect(await refusal(file)).toContain('has an unusual number of bits for each pixel');
  });

  test.each([4, 9, 10, 32844, 60000])('photometric interpretation %i', async (kind) => {
    expect(await refusal(tiffChain([picture(96, 128, { 262: kind })]))).toContain(
      'stores its colours in an unusual way',
    );
  });
});

describe.each(kinds)('of a file with more pictures, %s', (_title, kind) => {
  const preview = (tags: TiffPicture['tags'] = { 254: 1 }): TiffPicture => ({
    ...picture(24, 32, tags),
    strips: [Buffer.alloc(24 * 32 * 3, 99)],
  });
  test.each<[string, TiffPicture[]]>([
    ['follows a preview', [preview(), picture()]],
    ['is a SubIFD of a preview', [{ ...preview(), below: [picture()] }]],
    ['is a SubIFD of the second preview', [preview(), { ...preview(), below: [picture()] }]],
    ['follows other previews and a mask', [preview(), preview(), preview({ 254: 4 }), picture()]],
    ['follows a preview that is marked by the older tag', [preview({ 255: 2 }), picture()]],
    ['is a SubIFD of a picture that is not marked as smaller', [{ ...preview({}), below: [picture()] }]],
  ])('the full image is the one that %s', async (_name, pictures) => {
    const file = tiffChain(pictures, kind);
    expect(await makeRenditions(file)).toMatchObject({ width: 96, height: 128 });
    expect(await coloursOf(file)).toEqual(seen);
  });

  test('the first page is used, with a larger page behind it and a smaller version below it', async () => {
    const pages = [{ ...picture(96, 128, { 254: 2 }), below: [preview()] }, picture(200, 200, { 254: 2 })];
    expect(await makeRenditions(tiffChain(pages, kind))).toMatchObject({ width: 96, height: 128 });
  });

  test('pages are counted, without smaller versions and masks', async () => {
    const page = picture(96, 128, { 254: 2 });
    const others = [preview(), { ...page, below: [picture(40, 40)] }, picture(96, 128, { 254: 6 })];
    expect(await makeRenditions(tiffChain([page, ...others, page], kind))).toMatchObject({ pages: 3 });
    expect(await makeRenditions(tiffChain([picture()], kind))).toMatchObject({ pages: 1 });
  });

  test('a smaller version alone is refused, and so is a full image that can’t be decoded', async () => {
    expect(await refusal(tiffChain([preview()], kind))).toContain(
      'has only a smaller version of its picture',
    );
    const unusual = picture(96, 128, { 259: 34661 });
    expect(await refusal(tiffChain([preview(), unusual], kind))).toContain('compressed in an unusual way');
  });

  const sensor = (tags: TiffPicture['tags']): TiffPicture => ({
    width: 96,
    height: 128,
    channels: 1,
    bits: 16,
    strips: [Buffer.alloc(96 * 128 * 2)],
    tags,
  });
  test.each<[string, TiffPicture[]]>([
    ['a colour filter array below', [{ ...preview(), below: [sensor({ 262: 32803 })] }]],
    ['a colour filter array first', [sensor({ 262: 32803 })]],
    ['a colour filter array last', [picture(24, 32), preview(), sensor({ 262: 32803 })]],
    ['linear raw samples', [{ ...preview(), below: [{ ...picture(), tags: { 262: 34892 } }] }]],
    ['the version of DNG', [picture(24, 32, { 50706: 0x0104_0000 })]],
    ['a colour filter pattern', [{ ...preview({}), below: [sensor({ 33421: [2, 2] })] }]],
    ['the compression of Nikon', [{ ...preview(), below: [sensor({ 259: 34713 })] }]],
    ['the compression of Sony', [{ ...preview(), below: [sensor({ 259: 32767 })] }]],
    ['the compression of Pentax', [sensor({ 259: 65535 })]],
    ['grey under a preview of colours', [{ ...preview(), below: [sensor({})] }]],
    ['a camera’s preview alone', [preview({ 254: 1, 271: 0x4e49_4b00 })]],
  ])('%s is a raw photograph', async (_name, pictures) => {
    const file = tiffChain(pictures, kind);
    expect(sniffImageFormat(file)).toBeUndefined();
    expect(await refusal(file)).toContain('This is a raw photograph; expected');
  });
});

test.each(['CR\x02\0', 'IIIITwaR', 'MMMMRawT', '\xba\xb0\xac\xbb'])(
  '%s after the header is a raw photograph',
  async (signature) => {
    for (const isLittle of [true, false]) {
      expect(await refusal(tiffChain([picture()], { signature, isLittle }))).toContain('a raw photograph');
    }
  },
);

test('a camera’s name and a smaller version are not enough for a raw photograph', async () => {
  const small = { ...picture(24, 32, { 254: 1 }) };
  const file = tiffChain([{ ...picture(96, 128, { 254: 0, 271: 0x4e49_4b00 }), below: [small] }]);
  expect(await makeRenditions(file)).toMatchObject({ mimeType: 'image/tiff', width: 96, height: 128 });
});

describe('pixels that are not square', () => {
  /** White, with a black part twice as wide as high. */
  const fax = (tags: TiffPicture['tags'], [width, height] = [240, 160]): TiffPicture => {
    const strip = Buffer.alloc(width * height, 255);
    for (let y = height / 8; y < (height * 3) / 8; y++)
      strip.fill(0, y * width + width / 4, y * width + (width * 3) / 4);
    return { width, height, channels: 1, strips: [strip], tags };
  };
  const shape = async (bytes: Uint8Array | undefined) => {
    const { data, info } = await sharp(bytes).greyscale().raw().toBuffer({ resolveWithObject: true });
    const dark = (at: number) => (data[at * info.channels] ?? 255) < 128;
    const middle = Math.round(info.height / 4);
    const across = Array.from({ length: info.width }, (_value, x) => dark(middle * info.width + x)).filter(
      Boolean,
    ).length;
    const down = Array.from({ length: info.height }, (_value, y) =>
      dark(y * info.width + Math.round(info.width / 2)),
    );
    return across / down.filter(Boolean).length;
  };

  test.each([
    ['a unit', { 282: 204, 283: 98, 296: 2 }],
    ['no unit', { 282: 2, 283: 1, 296: 1 }],
    ['centimetres', { 282: 80, 283: 38, 296: 3 }],
  ] as const)('are made square in every small picture, %s', async (_title, tags) => {
    const ratio = tags[282] / tags[283];
    const made = await makeRenditions(tiffChain([fax(tags)]));
    expect([made.width, made.height]).toEqual([240, 160]); // the record has the pixels of the original
    expect(made.renditions.map(({ name }) => name)).toContain('preview');
    for (const { name, bytes } of made.renditions) {
      expect(Math.abs((await shape(bytes)) - 3 / ratio), name).toBeLessThan(0.1);
    }
    const options = { format: 'png', width: 200, quality: undefined, watermark: undefined } as const;
    expect(Math.abs((await shape(await makeCopy(tiffChain([fax(tags)]), options))) - 3 / ratio)).toBeLessThan(
      0.1,
    );
  });

  test('rotate with the picture', async () => {
    const made = await makeRenditions(tiffChain([fax({ 282: 200, 283: 100, 274: 6 })]));
    expect([made.width, made.height]).toEqual([160, 240]);
    const preview = made.renditions.find(({ name }) => name === 'preview');
    expect([preview?.width, preview?.height]).toEqual([320, 240]);
  });

  test.each([{ 282: 200, 283: 200 }, { 282: 0, 283: 98 }, { 282: 204 }, { 283: 98 }, {}])(
    '%o is ignored',
    async (tags) => {
      const { renditions } = await makeRenditions(tiffChain([fax(tags)]));
      expect(renditions.find(({ name }) => name === 'preview')).toMatchObject({ width: 240, height: 160 });
    },
  );

  test('a large picture is not enlarged', async () => {
    const made = await makeRenditions(tiffChain([fax({ 282: 100, 283: 400 }, [4000, 3000])]));
    expect(made.renditions.find(({ name }) => name === 'preview')).toMatchObject({
      width: 1600,
      height: 300,
    });
  });
});

async function pixelsOf(file: Buffer, name: 'png' | 'thumbnail' | 'preview'): Promise<number[]> {
  const { renditions } = await makeRenditions(file);
  const found = renditions.find((copy) => copy.name === name);
  return [...(await sharp(found?.bytes).raw().toBuffer())];
}

async function coloursOf(file: Buffer): Promise<number[]> {
  const { renditions } = await makeRenditions(file);
  return quartersOf(renditions.find(({ name }) => name === 'png')?.bytes);
}

/** Red, green and blue at the quarters. */
async function quartersOf(bytes: Uint8Array | undefined): Promise<number[]> {
  const { data, info } = await sharp(bytes)
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) =>
    (Math.floor(info.height * y) * info.width + Math.floor(info.width * x)) * info.channels;
  return [at(0.25, 0.25), at(0.75, 0.25), at(0.25, 0.75), at(0.75, 0.75)].flatMap((i) => [
    ...data.subarray(i, i + 3),
  ]);
}

async function refusal(bytes: Buffer): Promise<string> {
  const error = await makeRenditions(bytes).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RejectedImage);
  return error instanceof RejectedImage ? error.reason : '';
}
