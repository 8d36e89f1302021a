import { expect, test } from 'vitest';
import { describeFile } from '../../../lib/media/formats/describe-file.ts';
import { sniffImageFormat } from '../../../lib/media/formats/image-format.ts';
import { sharp } from '../../../lib/media/image/libvips.ts';

const red = () => sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } });

test.each([
  ['jpeg', 'image/jpeg', 'jpg'],
  ['png', 'image/png', 'png'],
  ['gif', 'image/gif', 'gif'],
  ['webp', 'image/webp', 'webp'],
  ['tiff', 'image/tiff', 'tiff'],
  ['avif', 'image/avif', 'avif'],
] as const)('%s is detected by its bytes', async (format, mimeType, extension) => {
  const bytes = await red().toFormat(format).toBuffer();
  expect(sniffImageFormat(bytes)).toEqual({ format, mimeType, extension });
});

test('BMP is detected by its two headers, not by its two letters', () => {
  const head = Buffer.concat([Buffer.from('BM'), Buffer.alloc(12), Buffer.from([40, 0, 0, 0])]);
  expect(sniffImageFormat(head)).toEqual({ format: 'bmp', mimeType: 'image/bmp', extension: 'bmp' });
  expect(sniffImageFormat(Buffer.from('BMI and health: a leaflet'))).toBeUndefined();
});

test('PDF is detected also after bytes that a mail program added', () => {
  expect(sniffImageFormat(Buffer.from('junk before %PDF-1.7'))).toEqual({
    format: 'pdf',
    mimeType: 'application/pdf',
    extension: 'pdf',
  });
});

test('a PDF inside a DICOM file is not detected as the file’s type', () => {
  const encapsulated = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), Buffer.from('…%PDF-1.7')]);
  expect(sniffImageFormat(encapsulated)).toBeUndefined();
  expect(describeFile(encapsulated)).toBe('a DICOM file');
});

test('BigTIFF of either byte order is TIFF', async () => {
  const big = await red().tiff({ bigtiff: true }).toBuffer();
  expect(sniffImageFormat(big)?.format).toBe('tiff');
  expect(sniffImageFormat(Buffer.from('MM\0+\0\x08\0\0', 'latin1'))?.format).toBe('tiff');
});

test('AVIF is detected by a compatible brand too, but not by bytes after the brands', () => {
  expect(sniffImageFormat(fileType('mif1', 'miaf', 'avif'))?.format).toBe('avif');
  expect(sniffImageFormat(Buffer.concat([fileType('mif1', 'heic'), Buffer.from('avif')]))?.format).toBe(
    'heic',
  );
});

test.each([
  [['heic', 'mif1', 'heic']],
  [['mif1', 'heic']],
  [['heix', 'mif1']],
  [['msf1', 'hevc']],
  [['mif1', 'miaf']],
])('HEIC is detected by the brands %s', ([major = '', ...compatible]) => {
  expect(sniffImageFormat(fileType(major, ...compatible))).toEqual({
    format: 'heic',
    mimeType: 'image/heic',
    extension: 'heic',
  });
});

test('bytes of a larger buffer before the file’s own are not read', async () => {
  const pool = Buffer.concat([Buffer.from('not an image'), await red().png().toBuffer()]);
  expect(sniffImageFormat(pool.subarray(0, 12))).toBeUndefined();
  expect(sniffImageFormat(pool.subarray(12))?.format).toBe('png');
});

test.each<[string, Uint8Array]>([
  ['an empty file', Buffer.alloc(0)],
  ['plain text', Buffer.from('Röntgen, links\r\n')],
  ['a DICOM file', Buffer.concat([Buffer.alloc(128), Buffer.from('DICM')])],
  ['a damaged PNG file', Buffer.from('\x89PNG\n\n\x1a\n', 'latin1')],
  ['a HEIF file in an unusual coding', fileType('mif1', 'vvic')],
  ['a raw photograph', fileType('crx ', 'isom')],
  ['a raw photograph', Buffer.from('IIRO')],
  ['a video', fileType('isom', 'mp42')],
  ['a JPEG 2000 file', Buffer.from('\0\0\0\x0cjP  \r\n\x87\n', 'latin1')],
  ['a JPEG XL file', Buffer.from([0xff, 0x0a])],
  ['an icon (ICO)', Buffer.from([0, 0, 1, 0, 2, 0])],
  ['an OS/2 bitmap array', Buffer.concat([Buffer.from('BA'), Buffer.alloc(12), Buffer.from('BM')])],
  ['a ZIP archive', Buffer.from('PK\x03\x04')],
  ['a gzip archive', Buffer.from([0x1f, 0x8b, 8])],
  ['an SVG drawing', Buffer.from('\ufeff<?xml version="1.0"?>\n<!-- x --><svg xmlns="…">')],
  ['an SVG drawing', Buffer.from('  <svg:svg width="1">')],
  ['an XML document', Buffer.from('<?xml version="1.0"?><prescription/>')],
  ['a web page (HTML)', Buffer.from('<!DOCTYPE html><title>x</title>')],
  ['a file of unknown type', Buffer.from([1, 2, 3, 4])],
  ['a file of unknown type', Buffer.from('R\xf6ntgen', 'latin1')],
])('a refused file is named %s', (name, bytes) => {
  expect(sniffImageFormat(bytes)).toBeUndefined();
  expect(describeFile(bytes)).toBe(name);
});

function fileType(major: string, ...compatible: string[]): Buffer {
  const box = Buffer.from(`\0\0\0\0ftyp${major}\0\0\0\0${compatible.join('')}`, 'latin1');
  box.writeUInt32BE(box.length);
  return box;
}
