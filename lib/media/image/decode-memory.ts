import type { Metadata } from 'sharp';
import type { FormatOfLibvips } from '../formats/image-format.ts';

/**
 * Estimates from an image's header the peak memory for decoding, in bytes.
 *
 * Most files are decoded line by line and need little memory, however many pixels they have. The others are decoded as
 * a whole, so that a file of 300 kB takes a gigabyte, within any limit of pixels. Measured with libvips 8.18 on 20
 * megapixels (peak resident size above the process's own), rounded up.
 */
export function estimateDecodeBytes(format: FormatOfLibvips, header: Metadata): number {
  const sampleBytes =
    header.depth === 'uchar' ? 1 : header.depth === 'ushort' || header.depth === 'short' ? 2 : 4;
  const pixelBytes = header.channels * sampleBytes;
  return Math.ceil(header.width * header.height * bytesPerPixel());

  function bytesPerPixel(): number {
    switch (format) {
      case 'jpeg':
        return header.isProgressive ? pixelBytes * 2 : 0; // all coefficients, 16 bits each
      case 'png':
        return header.isProgressive ? pixelBytes * 1.2 : 0; // Adam7: the last pass completes every line
      case 'gif':
        return 5; // palette indices and the RGBA canvas
      case 'webp':
        return 5; // lossless: the ARGB frame
      case 'avif':
        return 20; // planes, their references and two RGB copies
      case 'tiff':
        return pixelBytes * 2; // one strip or tile may be the whole picture
    }
  }
}
