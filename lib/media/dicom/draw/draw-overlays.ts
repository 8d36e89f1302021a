import type { Pixels } from '../../image/pixels.ts';
import { frameBytes } from '../decode/frame-bytes.ts';
import { bytesOf, type DataSet } from '../parse/data-set.ts';
import type { PixelDescription } from '../parse/describe-pixels.ts';
import { littleEndianBytes } from '../parse/little-endian-bytes.ts';
import { numberValue, numberValues } from '../parse/number-values.ts';
import type { DicomFile } from '../parse/read-dicom.ts';
import type { OverlayPlane } from './overlay-plane.ts';

/** Draws the overlay planes of a frame (PS3.3 C.9.2) in white: arrows, measures and names that belong to the image. */
export function drawOverlays(
  file: DicomFile,
  description: PixelDescription,
  frame: number,
  pixels: Pixels,
): void {
  for (let group = 0x6000; group <= 0x601e; group += 2) {
    const plane = planeOf(file, description, frame, group.toString(16));
    if (plane) draw(plane, pixels);
  }
}

function planeOf(
  file: DicomFile,
  description: PixelDescription,
  frame: number,
  group: string,
): OverlayPlane | undefined {
  const { dataSet } = file;
  const rows = numberValue(dataSet, `${group}0010`);
  const columns = numberValue(dataSet, `${group}0011`);
  if (!rows || !columns) return undefined;
  const [top = 1, left = 1] = numberValues(dataSet, `${group}0050`);
  // C.9.3: of as many frames as it has, from the frame that it begins with; without both, all frames have the one.
  const frames = numberValue(dataSet, `${group}0015`) ?? 1;
  const first = (numberValue(dataSet, `${group}0051`) ?? 1) - 1;
  const index = frames > 1 ? frame - first : 0;
  if (index < 0 || index >= frames) return undefined;
  const isSet = bitsOf(file, description, frame, group, index * rows * columns, rows * columns);
  return isSet && { rows, columns, top, left, isSet };
}

function bitsOf(
  file: DicomFile,
  description: PixelDescription,
  frame: number,
  group: string,
  firstBit: number,
  count: number,
): OverlayPlane['isSet'] | undefined {
  const data = file.dataSet.elements.get(`${group}3000`);
  if (data) {
    if (data.length * 8 < firstBit + count) return undefined;
    const bytes = overlayBytes(file.dataSet, data);
    return (index) => ((bytes[(firstBit + index) >> 3] ?? 0) & (1 << ((firstBit + index) & 7))) !== 0;
  }
  // Retired: in the bits of the pixels' cells that the pixels don't use.
  const { bitsAllocated, bitsStored, highBit, rows, columns, element, samplesPerPixel } = description;
  const position = numberValue(file.dataSet, `${group}0102`) ?? 0;
  const isFree = position > highBit || position <= highBit - bitsStored;
  if (!isFree || bitsAllocated !== 16 || element.fragments || samplesPerPixel > 1 || count !== rows * columns)
    return undefined;
  const cells = frameBytes(file, description, frame);
  return (index) => ((((cells[index * 2 + 1] ?? 0) << 8) | (cells[index * 2] ?? 0)) & (1 << position)) !== 0;
}

function overlayBytes(dataSet: DataSet, data: Parameters<typeof littleEndianBytes>[1]): Uint8Array {
  return data.vr === 'OW' ? littleEndianBytes(dataSet, data) : bytesOf(dataSet, data);
}

function draw(
  { rows, columns, top, left, isSet }: OverlayPlane,
  { data, width, height, channels }: Pixels,
): void {
  for (let row = Math.max(0, 1 - top); row < rows && row + top <= height; row++)
    for (let column = Math.max(0, 1 - left); column < columns && column + left <= width; column++)
      if (isSet(row * columns + column)) {
        const at = ((row + top - 1) * width + column + left - 1) * channels;
        data.fill(255, at, at + channels);
      }
}
