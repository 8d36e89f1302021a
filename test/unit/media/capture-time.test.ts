import fc from 'fast-check';
import type { Exif } from 'sharp';
import { expect, test } from 'vitest';
import { LocalTime, UtcOffset } from '../../../lib/domain/identifiers.ts';
import { captureTime } from '../../../lib/media/formats/capture-time.ts';
import { sharp } from '../../../lib/media/image/libvips.ts';

test('a time with an offset keeps the local time of the camera', async () => {
  expect(captureTime(await exif('2024:03:31 01:30:00', '+02:00'))).toEqual({
    capturedLocal: '2024-03-31T01:30:00',
    captureOffset: '+02:00',
  });
  expect(captureTime(await exif('2023:12:31 20:00:01', '-05:30'))).toEqual({
    capturedLocal: '2023-12-31T20:00:01',
    captureOffset: '-05:30',
  });
});

test('an invalid offset counts as unknown', async () => {
  expect(captureTime(await exif('2024:03:31 01:30:00', '+99:00'))).toEqual({
    capturedLocal: '2024-03-31T01:30:00',
  });
});

test.each([
  ['2', '.200'],
  ['25', '.250'],
  ['250', '.250'],
  ['006', '.006'],
  ['2509', '.250'],
  ['250987', '.250'],
  [' ', ''],
  ['x', ''],
])('the fraction "%s" of a second becomes "%s"', async (SubSecTimeOriginal, milliseconds) => {
  const tags = { IFD2: { DateTimeOriginal: '2024:03:31 01:30:00', SubSecTimeOriginal } };
  expect(captureTime(await exifOf(tags))?.capturedLocal).toBe(`2024-03-31T01:30:00${milliseconds}`);
});

test('the fraction and the offset are those of the same time', async () => {
  const tags = {
    IFD2: {
      DateTimeDigitized: '2024:03:31 01:30:00',
      SubSecTimeOriginal: '25',
      OffsetTimeOriginal: '+02:00',
      SubSecTimeDigitized: '5',
      OffsetTimeDigitized: '+00:00',
    },
  };
  expect(captureTime(await exifOf(tags))).toEqual({
    capturedLocal: '2024-03-31T01:30:00.500',
    captureOffset: '+00:00',
  });
});

test.each([
  [{ IFD0: { DateTime: '2025:01:03 00:00:00' } }, '2025-01-03T00:00:00'],
  [
    { IFD0: { DateTime: '2025:01:03 00:00:00' }, IFD2: { DateTimeDigitized: '2025:01:02 00:00:00' } },
    '2025-01-02T00:00:00',
  ],
  [
    { IFD2: { DateTimeDigitized: '2025:01:02 00:00:00', DateTimeOriginal: '2025:01:01 00:00:00' } },
    '2025-01-01T00:00:00',
  ],
  [
    { IFD2: { DateTimeDigitized: '2025:01:02 00:00:00', DateTimeOriginal: '    :  :     :  :  ' } },
    '2025-01-02T00:00:00',
  ],
])(
  'DateTimeOriginal takes precedence over DateTimeDigitized, and that over DateTime: %j',
  async (tags, time) => {
    expect(captureTime(await exifOf(tags))).toEqual({ capturedLocal: time });
  },
);

test('a directory that contains only pointers is read once', () => {
  const count = 65_535;
  const block = Buffer.alloc(10 + count * 12);
  block.write('II*\0', 'latin1');
  block.writeUInt32LE(8, 4);
  block.writeUInt16LE(count, 8);
  for (let i = 0; i < count; i++) {
    block.writeUInt16LE(0x8769, 10 + i * 12);
    block.writeUInt32LE(8, 18 + i * 12);
  }
  const start = performance.now();
  expect(captureTime(block)).toBeUndefined();
  expect(performance.now() - start).toBeLessThan(1000);
});

test('a time without an offset keeps the hour of the camera', async () => {
  expect(captureTime(await exif('2024:02:29 10:20:30'))).toEqual({ capturedLocal: '2024-02-29T10:20:30' });
});

test.each([
  '0000:00:00 00:00:00',
  '    :  :     :  :  ',
  '2023:02:29 10:00:00',
  '2024:13:01 10:00:00',
  'yesterday',
])('"%s" is not a time', async (text) => {
  expect(captureTime(await exif(text))).toBeUndefined();
});

test('big-endian EXIF without its prefix is read too', async () => {
  const block = Buffer.alloc(72);
  block.write('MM\0*', 'latin1');
  block.writeUInt32BE(8, 4);
  entry(block, 8, 0x8769, 4, 1, 26);
  entry(block, 26, 0x9003, 2, 20, 44);
  block.write('2001:02:03 04:05:06\0', 44, 'latin1');
  expect(captureTime(block)).toEqual({ capturedLocal: '2001-02-03T04:05:06' });
});

test('damaged EXIF has a time or none, and never throws', async () => {
  const whole = await exif('2024:03:31 01:30:00', '+02:00');
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, value, end) => {
      const damaged = Buffer.from(whole);
      damaged[at] = value;
      const taken = captureTime(damaged.subarray(0, end));
      if (taken === undefined) return;
      LocalTime.parse(taken.capturedLocal);
      UtcOffset.optional().parse(taken.captureOffset);
    }),
  );
});

const exif = (time: string, offset?: string) =>
  exifOf({ IFD2: { DateTimeOriginal: time, ...(offset && { OffsetTimeOriginal: offset }) } });

async function exifOf(tags: Exif): Promise<Buffer> {
  const image = sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } });
  const bytes = await image.withExif(tags).jpeg().toBuffer();
  const { exif } = await sharp(bytes).metadata();
  if (!exif) throw new Error('the fixture has no EXIF');
  return exif;
}

function entry(block: Buffer, ifd: number, tag: number, type: number, count: number, value: number): void {
  block.writeUInt16BE(1, ifd);
  block.writeUInt16BE(tag, ifd + 2);
  block.writeUInt16BE(type, ifd + 4);
  block.writeUInt32BE(count, ifd + 6);
  block.writeUInt32BE(value, ifd + 10);
}
