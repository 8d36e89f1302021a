import { beforeAll, describe, expect, test } from 'vitest';
import { judgeScans } from '../../../lib/media/formats/jpeg-scans.ts';
import { sharp } from '../../../lib/media/image/libvips.ts';
import { makeCopy } from '../../../lib/media/image/make-copy.ts';
import { makeRenditions } from '../../../lib/media/image/renditions.ts';
import { RejectedImage } from '../../../lib/media/rejected-image.ts';
import { photo } from '../../fixtures/photos.ts';

const kinds = ['sequential', 'progressive', 'grey', 'optimized', 'odd size'] as const;
type Kind = (typeof kinds)[number];
const files = {} as Record<Kind, Buffer>;

beforeAll(async () => {
  const { bytes } = await photo({ width: 320, height: 240, format: 'png' });
  const source = sharp(bytes);
  files.sequential = await source.clone().jpeg().toBuffer();
  files.progressive = await source.clone().jpeg({ progressive: true }).toBuffer();
  files.grey = await source.clone().toColourspace('b-w').jpeg().toBuffer();
  files.optimized = await source
    .clone()
    .jpeg({ chromaSubsampling: '4:4:4', optimiseCoding: true })
    .toBuffer();
  files['odd size'] = await source.clone().resize(313, 235).jpeg({ progressive: true }).toBuffer();
});

describe.each(kinds)('a %s JPEG has every pixel', (kind) => {
  test.each<[string, (jpeg: Buffer) => Buffer]>([
    ['other parameters of its scans', (jpeg) => (jpeg.includes(SOF2) ? jpeg : withScanParameters(jpeg))],
    ['an unknown version of JFIF', (jpeg) => withSegment(jpeg, 0xe0, 'JFIF\0\x07\x01\0\0\x01\0\x01\0\0')],
    ['zero bytes before its end marker', (jpeg) => insertBefore(jpeg, END, Buffer.alloc(600))],
    ['a few bytes before its end marker', (jpeg) => insertBefore(jpeg, END, Buffer.from('noise'))],
    ['zero bytes before its first scan', (jpeg) => insertBefore(jpeg, SCAN, Buffer.alloc(7))],
    ['bytes after a table', (jpeg) => insertBefore(jpeg, TABLE, Buffer.from('noise'))],
    ['zero bytes before all of its scans', (jpeg) => insertBeforeAll(jpeg, SCAN, Buffer.alloc(9))],
  ])('with %s', async (_title, harm) => {
    const harmed = harm(files[kind]);
    expect(await pixelsOf(harmed)).toEqual(await pixelsOf(files[kind]));
    const options = { format: 'png', width: 320, quality: undefined, watermark: undefined } as const;
    expect(await makeCopy(harmed, options)).toEqual(await makeCopy(files[kind], options));
  });
});

test('a progressive JPEG with its scans in another order has all pixels', async () => {
  const jpeg = files.progressive;
  const starts = placesOf(jpeg, SCAN);
  // The scan of the luminance after that of a chrominance component: each with its own tables before it.
  const pieceStarts = starts.map((at, i) =>
    i === 0 ? at : (placesOf(jpeg, TABLE).find((table) => table > (starts[i - 1] ?? 0) && table < at) ?? at),
  );
  const pieces = pieceStarts.map((at, i) => jpeg.subarray(at, pieceStarts[i + 1] ?? jpeg.length - 2));
  const [dc, first, second, ...rest] = pieces;
  if (!dc || !first || !second) throw new Error('expected three scans at least');
  const swapped = Buffer.concat([
    jpeg.subarray(0, pieceStarts[0]),
    first,
    dc,
    second,
    ...rest,
    jpeg.subarray(-2),
  ]);
  expect(await pixelsOf(swapped)).toEqual(await pixelsOf(jpeg));
});

describe.each(kinds)('missing pixels are detected in a %s JPEG', (kind) => {
  test.each([
    ['zeros', 0],
    ['other bytes', 0x55],
  ])('whose end was overwritten with %s', async (_title, value) => {
    for (const share of [0.1, 0.3, 0.6, 0.9]) {
      const harmed = Buffer.from(files[kind]);
      const start = Math.floor(700 + (harmed.length - 700) * share);
      harmed.fill(value, start, harmed.length - 2);
      expect(await refusal(harmed), `from ${share}`).toMatch(/damaged or incomplete/);
    }
  });

  test('that was truncated and has a new end marker', async () => {
    for (const share of [0.3, 0.6, 0.9]) {
      const cut = files[kind].subarray(0, Math.floor(files[kind].length * share));
      const whole = cut.at(-1) === 0xff ? cut.subarray(0, -1) : cut;
      expect(await refusal(Buffer.concat([whole, END])), `at ${share}`).toMatch(/damaged|incomplete/);
    }
  });

  test('that lost some bytes inside', async () => {
    const jpeg = files[kind];
    for (const share of [0.3, 0.4, 0.5, 0.6, 0.7]) {
      const at = Math.floor(jpeg.length * share);
      expect(
        judgeScans(Buffer.concat([jpeg.subarray(0, at), jpeg.subarray(at + 40)])),
        `at ${share}`,
      ).not.toBe('whole');
    }
  });
});

test('missing pixels are detected also if only the last lines lack them', async () => {
  for (const kind of kinds) {
    const jpeg = files[kind];
    const start = jpeg.lastIndexOf(SCAN) + 14;
    const cut = Buffer.concat([jpeg.subarray(0, Math.max(start, jpeg.length - 12)), END]);
    expect(await refusal(cut), kind).toMatch(/damaged or incomplete/);
  }
});

test('an image that is higher than its header says has its real height', async () => {
  const shorter = Buffer.from(files.sequential);
  shorter.writeUInt16BE(208, shorter.indexOf(Buffer.from([0xff, 0xc0])) + 5);
  await expect(makeRenditions(shorter)).resolves.toMatchObject({ width: 320, height: 208 });
});

test('extra bytes before a restart marker do no harm', async () => {
  const unit = await sharp((await photo({ width: 16, height: 16, format: 'png' })).bytes)
    .jpeg()
    .toBuffer();
  const restarting = withRestart(unit);
  expect(judgeScans(restarting)).toBe('whole');
  const at = restarting.indexOf(Buffer.from([0xff, 0xd0]));
  const strayed = Buffer.concat([restarting.subarray(0, at), Buffer.alloc(30), restarting.subarray(at)]);
  expect(judgeScans(strayed)).toBe('whole');
  expect(await pixelsOf(strayed)).toEqual(await pixelsOf(restarting));
  // A missing restart marker is detected.
  expect(judgeScans(Buffer.concat([restarting.subarray(0, at), restarting.subarray(at + 2)]))).toBe(
    'missing',
  );
});

test('missing pixels are detected also after parameters that change nothing', async () => {
  const harmed = withScanParameters(files.sequential);
  harmed.fill(0, harmed.length / 2, harmed.length - 2);
  expect(await refusal(harmed)).toMatch(/damaged or incomplete/);
});

test('an Adobe segment without its end is ignored', async () => {
  const adobe = withSegment(files.sequential, 0xee, 'Adobe\0\x64\0\0');
  const stray = Buffer.concat([adobe.subarray(0, 15), Buffer.from([0, 0, 1]), adobe.subarray(15)]);
  expect(await refusal(stray)).toMatch(/damaged or incomplete/);
});

const SOF2 = Buffer.from([0xff, 0xc2]);
const SCAN = Buffer.from([0xff, 0xda]);
const TABLE = Buffer.from([0xff, 0xc4]);
const END = Buffer.from([0xff, 0xd9]);

function placesOf(jpeg: Buffer, marker: Buffer): number[] {
  const places: number[] = [];
  for (let at = jpeg.indexOf(marker); at !== -1; at = jpeg.indexOf(marker, at + 1)) places.push(at);
  return places;
}

const insertBefore = (jpeg: Buffer, marker: Buffer, bytes: Buffer) => {
  const at = jpeg.indexOf(marker);
  return Buffer.concat([jpeg.subarray(0, at), bytes, jpeg.subarray(at)]);
};

function insertBeforeAll(jpeg: Buffer, marker: Buffer, bytes: Buffer): Buffer {
  const places = [0, ...placesOf(jpeg, marker)];
  return Buffer.concat(
    places.flatMap((at, i) => [...(i > 0 ? [bytes] : []), jpeg.subarray(at, places[i + 1])]),
  );
}

/** Writes 0 to 0 where a sequential scan has 0 to 63 (ITU-T T.81, B.2.3). */
function withScanParameters(jpeg: Buffer): Buffer {
  const changed = Buffer.from(jpeg);
  for (const at of placesOf(jpeg, SCAN)) changed[at + 3 + jpeg.readUInt16BE(at + 2) - 3 + 1] = 0;
  return changed;
}

function withSegment(jpeg: Buffer, marker: number, text: string): Buffer {
  const data = Buffer.from(text, 'latin1');
  return Buffer.concat([
    jpeg.subarray(0, 2),
    Buffer.from([0xff, marker, 0, data.length + 2]),
    data,
    jpeg.subarray(2),
  ]);
}

/**
 * Makes a JPEG of one unit to one of two side by side, the second after a restart marker, with the same code.
 */
function withRestart(unit: Buffer): Buffer {
  const start = unit.indexOf(SCAN) + 14;
  const header = insertBefore(unit.subarray(0, start), SCAN, Buffer.from([0xff, 0xdd, 0, 4, 0, 1]));
  header.writeUInt16BE(32, header.indexOf(Buffer.from([0xff, 0xc0])) + 7);
  const codes = unit.subarray(start, -2);
  return Buffer.concat([header, codes, Buffer.from([0xff, 0xd0]), codes, END]);
}

async function pixelsOf(jpeg: Buffer): Promise<Buffer> {
  const { renditions } = await makeRenditions(jpeg);
  return sharp(renditions.find(({ name }) => name === 'png')?.bytes)
    .raw()
    .toBuffer();
}

async function refusal(bytes: Buffer): Promise<string> {
  const error = await makeRenditions(bytes).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RejectedImage);
  return error instanceof RejectedImage ? error.reason : '';
}
