import { expect, test } from 'vitest';
import { readJpegStructure } from '../../../lib/media/formats/jpeg-structure.ts';
import { sharp } from '../../../lib/media/image/libvips.ts';

const jpeg = () =>
  sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer();

test('a whole JPEG has its end marker, a truncated one has not', async () => {
  const whole = await jpeg();
  expect(readJpegStructure(whole)).toEqual({ isArithmetic: false, hasEnd: true });
  expect(readJpegStructure(Buffer.concat([whole, Buffer.from('a preview')]))?.hasEnd).toBe(true);
  expect(readJpegStructure(whole.subarray(0, -2))?.hasEnd).toBe(false);
});

test('the end marker of a thumbnail in EXIF is not the end of the image', async () => {
  const whole = await jpeg();
  const exif = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 6]), Buffer.from([0xff, 0xd9, 0xff, 0xd9])]);
  const withExif = Buffer.concat([whole.subarray(0, 2), exif, whole.subarray(2, -2)]);
  expect(readJpegStructure(withExif)?.hasEnd).toBe(false);
});

test('arithmetic coding is detected by its frame header, also after fill bytes', async () => {
  const coded = await jpeg();
  coded[coded.indexOf(Buffer.from([0xff, 0xc0])) + 1] = 0xca;
  expect(readJpegStructure(coded)?.isArithmetic).toBe(true);
  const filled = Buffer.concat([coded.subarray(0, 2), Buffer.from([0xff, 0xff]), coded.subarray(2)]);
  expect(readJpegStructure(filled)?.isArithmetic).toBe(true);
});

test('extra bytes before a marker are skipped', async () => {
  const whole = withComment(await jpeg());
  const strayed = Buffer.concat([whole.subarray(0, 6), Buffer.from([1, 2, 0xff, 0, 3]), whole.subarray(6)]);
  expect(readJpegStructure(strayed)).toEqual({ isArithmetic: false, hasEnd: true });
});

test('a comment with an invalid length is unchanged', async () => {
  const empty = withComment(await jpeg());
  empty[5] = 0;
  expect(readJpegStructure(empty)).toEqual({ isArithmetic: false, hasEnd: true });
});

test('an end marker before the scan is left to the decoder', async () => {
  const whole = await jpeg();
  const ended = Buffer.concat([whole.subarray(0, 2), Buffer.from([0xff, 0xd9]), whole.subarray(2)]);
  expect(readJpegStructure(ended)).toBeUndefined();
});

test('damaged segments are left to the decoder', async () => {
  expect(readJpegStructure(Buffer.from([0xff, 0xd8, 0xff]))).toBeUndefined();
  expect(readJpegStructure(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff, 1, 2]))).toBeUndefined();
});

const withComment = (whole: Buffer) =>
  Buffer.concat([whole.subarray(0, 2), Buffer.from([0xff, 0xfe, 0, 2]), whole.subarray(2)]);
