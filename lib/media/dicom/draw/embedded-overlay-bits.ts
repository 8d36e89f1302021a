import { frameBytes } from '../decode/frame-bytes.ts';
import type { PixelDescription } from '../parse/describe-pixels.ts';
import type { DicomFile } from '../parse/read-dicom.ts';
import type { EmbeddedBits } from './overlay-planes.ts';

/** Reads overlays in the unused bits of the pixel cells, as in old files (retired). */
export function embeddedOverlayBits(
  file: DicomFile,
  description: PixelDescription,
  frame: number,
): EmbeddedBits {
  const { bitsAllocated, bitsStored, highBit, rows, columns, element, samplesPerPixel } = description;
  return (position, count) => {
    const isUnused = position > highBit || position <= highBit - bitsStored;
    if (
      !isUnused ||
      bitsAllocated !== 16 ||
      element.fragments ||
      samplesPerPixel > 1 ||
      count !== rows * columns
    )
      return undefined;
    const cells = frameBytes(file, description, frame);
    return (index) =>
      ((((cells[index * 2 + 1] ?? 0) << 8) | (cells[index * 2] ?? 0)) & (1 << position)) !== 0;
  };
}
