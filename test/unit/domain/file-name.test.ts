import { expect, test } from 'vitest';
import { outgoingFileName } from '../../../lib/domain/file-name.ts';

test.each([
  ['IMG_0001.HEIC', 'image/jpeg', 'IMG_0001.jpg'],
  ['IMG_0001.heic', 'image/png', 'IMG_0001.png'],
  ['scan.pdf', 'image/tiff', 'scan.tiff'],
  ['scan.JPG', 'application/pdf', 'scan.pdf'],
  ['photo.png', 'image/webp', 'photo.webp'],
  ['photo.jpg', 'image/heic', 'photo.heic'],
  ['two.dots.png', 'image/jpeg', 'two.dots.jpg'],
  ['photo.HEIC.', 'image/jpeg', 'photo.jpg'],
])('%s of the type %s is sent as %s', (fileName, mimeType, outgoing) => {
  expect(outgoingFileName({ fileName, mimeType })).toBe(outgoing);
});

test.each([
  ['photo.jpeg', 'image/jpeg'],
  ['photo.JPE', 'image/jpeg'],
  ['scan.tif', 'image/tiff'],
  ['IMG_0001.HEIC', 'image/heic'],
  ['IMG_0001.heif', 'image/heic'],
  ['photo', 'image/jpeg'],
  ['.png', 'image/jpeg'],
  ['visit 6.11', 'image/jpeg'],
  ['photo.old', 'image/jpeg'],
  ['photo.png', 'application/octet-stream'],
])('%s of the type %s is unchanged', (fileName, mimeType) => {
  expect(outgoingFileName({ fileName, mimeType })).toBe(fileName);
});
