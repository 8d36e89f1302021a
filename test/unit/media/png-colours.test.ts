import { crc32, deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { sharp } from '../../../lib/media/image/libvips.ts';
import { makeCopy } from '../../../lib/media/image/make-copy.ts';
import { makeRenditions } from '../../../lib/media/image/renditions.ts';

const toLight = (value: number) => (value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

/** A PNG of one colour, whose samples are numbers from 0 to 1 (PNG 3rd edition, 11.2). */
function png(samples: number[], bits: 8 | 16, chunks: Record<string, Buffer> = {}): Buffer {
  const stored = samples.map((sample) => Math.round(sample * (2 ** bits - 1)));
  const pixel = stored.flatMap((sample) => (bits === 16 ? [sample >> 8, sample & 255] : [sample]));
  const line = [0, ...Array.from({ length: 8 }, () => pixel).flat()];
  const header = Buffer.from([0, 0, 0, 8, 0, 0, 0, 8, bits, [0, 4, 2, 6][samples.length - 1] ?? 0, 0, 0, 0]);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...Object.entries(chunks).map(([type, body]) => chunk(type, body)),
    chunk('IDAT', deflateSync(Buffer.from(Array.from({ length: 8 }, () => line).flat()))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const numbers = (...values: number[]) => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(Math.round(value * 100_000), 4 * i);
  return bytes;
};
const linear = numbers(1);
const p3 = numbers(0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06);
const colour = [200, 40, 40];
const light = colour.map((value) => toLight(value / 255));

describe('linear light is converted', () => {
  test.each([8, 16] as const)('of colours, %i bits', async (bits) => {
    expectNear(await shown(png(light, bits, { gAMA: linear })), colour);
    expectNear(await shown(png([...light, 0.5], bits, { gAMA: linear })), [...colour, 128]);
  });

  test.each([8, 16] as const)('of grey, %i bits', async (bits) => {
    expectNear(await shown(png([toLight(0.5)], bits, { gAMA: linear })), [128, 128, 128]);
    expectNear(await shown(png([toLight(0.5), 0.5], bits, { gAMA: linear })), [128, 128, 128, 128]);
  });

  test('of a palette', async () => {
    const plain = await sharp(png(light, 8)).png({ palette: true }).toBuffer();
    const withGamma = Buffer.concat([plain.subarray(0, 33), chunk('gAMA', linear), plain.subarray(33)]);
    expect(withGamma[25]).toBe(3);
    expectNear(await shown(withGamma), colour);
  });

  test('in a copy', async () => {
    const options = { format: 'png', width: 8, quality: undefined, watermark: undefined } as const;
    const copy = await makeCopy(png(light, 16, { gAMA: linear }), options);
    expectNear([...(await sharp(copy).raw().toBuffer())].slice(0, 3), colour);
  });
});

test.each([
  ['no colour chunk', {}],
  ['the usual gamma', { gAMA: numbers(0.45455) }],
  ['a gamma of zero', { gAMA: numbers(0) }],
  ['the usual primaries', { cHRM: numbers(0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06) }],
  ['sRGB before a gamma', { gAMA: linear, sRGB: Buffer.from([0]) }],
  ['sRGB after a gamma', { sRGB: Buffer.from([0]), gAMA: linear }],
  ['sRGB by cICP before all others', { cICP: Buffer.from([1, 13, 0, 1]), gAMA: linear, cHRM: p3 }],
])('%s: numbers are unchanged', async (_title, chunks) => {
  const samples = colour.map((value) => value / 255);
  expect(await shown(png(samples, 8, chunks))).toEqual(colour);
});

describe('primaries', () => {
  test.each<[string, Record<string, Buffer>]>([
    ['cHRM', { gAMA: numbers(0.45455), cHRM: p3 }],
    ['cHRM alone', { cHRM: p3 }],
    ['cICP', { cICP: Buffer.from([12, 13, 0, 1]) }],
    [
      'cICP before another gamma',
      { cICP: Buffer.from([12, 13, 0, 1]), gAMA: linear, sRGB: Buffer.from([0]) },
    ],
  ])('of Display P3 by %s have the same result as its profile', async (_title, chunks) => {
    const samples = [0.6, 0.4, 0.3];
    const profiled = await sharp(png(samples, 8)).withIccProfile('p3').png().toBuffer();
    const converted = await sharp(profiled).metadata();
    expect(converted.hasProfile).toBe(true);
    // The numbers of the same colour in Display P3.
    const inP3 = [...(await sharp(profiled).toColourspace('srgb').keepIccProfile().raw().toBuffer())].slice(
      0,
      3,
    );
    expectNear(
      await shown(
        png(
          inP3.map((value) => value / 255),
          8,
          chunks,
        ),
      ),
      await shown(profiled),
      5,
    );
  });

  test('that are invalid are ignored', async () => {
    const nonsense = numbers(0.3, 0.3, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5);
    expect(await shown(png([0.5, 0.25, 0.75], 8, { cHRM: nonsense }))).toEqual([128, 64, 191]);
  });
});

test('cICP takes precedence over a profile, and a profile over a gamma', async () => {
  const wide = await sharp(png([0.8, 0.2, 0.2], 8))
    .withIccProfile('p3')
    .png()
    .toBuffer();
  const insert = (type: string, body: Buffer) =>
    Buffer.concat([wide.subarray(0, 33), chunk(type, body), wide.subarray(33)]);
  expect(await shown(insert('gAMA', linear))).toEqual(await shown(wide));
  const raw = [...(await sharp(wide).keepIccProfile().raw().toBuffer())].slice(0, 3);
  expect(await shown(insert('cICP', Buffer.from([12, 13, 0, 1])))).not.toEqual(raw);
});

test('the white of a high dynamic range is white', async () => {
  for (const [transfer, white] of [
    [16, 0.58],
    [18, 0.75],
  ] as const) {
    const made = await shown(png([white, white, white], 16, { cICP: Buffer.from([9, transfer, 0, 1]) }));
    expectNear(made, [255, 255, 255], 6);
  }
});

async function shown(bytes: Buffer): Promise<number[]> {
  const { renditions } = await makeRenditions(bytes);
  const { data, info } = await sharp(renditions.find(({ name }) => name === 'png')?.bytes)
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return [...data.subarray(0, info.channels)];
}

function expectNear(received: number[], expected: number[], tolerance = 3): void {
  expect(received).toHaveLength(expected.length);
  const off = expected.map((value, i) => Math.abs(value - (received[i] ?? Number.NaN)));
  expect(Math.max(...off), `expected about ${expected} but received ${received}`).toBeLessThanOrEqual(
    tolerance,
  );
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
