import { RejectedImage } from '../../rejected-image.ts';
import { bytesOf, type DataElement, type DataSet, type Span } from '../parse/data-set.ts';
import type { PixelDescription } from '../parse/describe-pixels.ts';
import { swapped } from '../parse/little-endian-bytes.ts';
import type { DicomFile } from '../parse/read-dicom.ts';
import { UnsupportedPixelData } from '../unsupported-pixel-data.ts';

/** A frame's bytes in DICOMweb (PS3.18 8.7.3.5): its codestream, or its samples in little endian. Counted from 0. */
export function frameBytes({ dataSet }: DicomFile, pixels: PixelDescription, frame: number): Uint8Array {
  if (frame < 0 || frame >= pixels.frames)
    throw new UnsupportedPixelData(
      `This DICOM image has ${pixels.frames} frames; there is none with the number ${frame + 1}.`,
    );
  if (pixels.element.fragments)
    return joined(dataSet, framesOf(dataSet, pixels, pixels.element.fragments)[frame] ?? []);
  const { element, bitsAllocated } = pixels;
  const start = frame * pixels.frameBytes;
  if (!Number.isInteger(pixels.frameBytes))
    return shiftedBits(bytesOf(dataSet, element), start * 8, pixels.frameBytes * 8);
  const bytes = bytesOf(dataSet, { offset: element.offset + start, length: pixels.frameBytes });
  if (!dataSet.isBigEndian) return bytes;
  // PS3.5 8.1.1: samples of 8 bits in words (OW) are swapped in pairs, too; a frame may begin in the middle of a word.
  if (bitsAllocated <= 8 && element.vr === 'OW')
    return swapped(bytesOf(dataSet, element), 2).subarray(start, start + pixels.frameBytes);
  return swapped(bytes, bitsAllocated === 64 ? 8 : bitsAllocated === 32 ? 4 : bitsAllocated === 16 ? 2 : 1);
}

function joined(dataSet: DataSet, fragments: Span[]): Uint8Array {
  const [first] = fragments;
  return fragments.length === 1 && first
    ? bytesOf(dataSet, first)
    : Buffer.concat(fragments.map((fragment) => bytesOf(dataSet, fragment)));
}

/** PS3.5 8.1.1: frames of single bits follow each other without a gap, so one may begin within a byte. */
function shiftedBits(bytes: Uint8Array, firstBit: number, count: number): Uint8Array {
  const result = new Uint8Array(Math.ceil(count / 8));
  const shift = firstBit % 8;
  const at = Math.floor(firstBit / 8);
  for (let i = 0; i < result.length; i++)
    result[i] = ((bytes[at + i] ?? 0) >> shift) | ((bytes[at + i + 1] ?? 0) << (8 - shift));
  return result;
}

/** Caches the fragments of each frame by pixel data element: a viewer requests one frame after the other. */
const framesByElement = new WeakMap<DataElement, Span[][]>();

function framesOf(dataSet: DataSet, pixels: PixelDescription, fragments: Span[]): Span[][] {
  const known = framesByElement.get(pixels.element);
  if (known) return known;
  const frames = tellApart(dataSet, pixels, fragments);
  framesByElement.set(pixels.element, frames);
  return frames;
}

/** Finds the fragments of each frame (PS3.5 A.4): by an offset table, by their number, or by starts of codestreams. */
function tellApart(dataSet: DataSet, { frames }: PixelDescription, [table, ...fragments]: Span[]): Span[][] {
  if (frames === 1) return [fragments];
  const offsets = extendedOffsets(dataSet, frames) ?? (table && basicOffsets(dataSet, table, frames));
  const byOffset = offsets && split(fragments, startsAt(fragments, offsets), frames);
  if (byOffset) return byOffset;
  if (fragments.length === frames) return fragments.map((fragment) => [fragment]);
  const byStart = split(fragments, codestreamStarts(dataSet, fragments), frames);
  if (byStart) return byStart;
  throw new RejectedImage(
    `This DICOM file is damaged: its ${fragments.length} fragments can’t be told apart into ${frames} frames.`,
  );
}

/** (7FE0,0001), for files too large for 32 bits (PS3.3 C.7.6.3.1.8). */
function extendedOffsets(dataSet: DataSet, frames: number): number[] | undefined {
  const element = dataSet.elements.get('7FE00001');
  if (!element || element.length !== frames * 8) return undefined;
  const view = new DataView(dataSet.bytes.buffer, dataSet.bytes.byteOffset + element.offset, element.length);
  return Array.from({ length: frames }, (_value, i) => Number(view.getBigUint64(i * 8, true)));
}

function basicOffsets(dataSet: DataSet, table: Span, frames: number): number[] | undefined {
  if (table.length !== frames * 4) return undefined;
  const view = new DataView(dataSet.bytes.buffer, dataSet.bytes.byteOffset + table.offset, table.length);
  return Array.from({ length: frames }, (_value, i) => view.getUint32(i * 4, true));
}

/** Finds the fragments at offsets, which count from the first item and include each item's header of 8 bytes. */
function startsAt(fragments: Span[], offsets: number[]): number[] {
  const origin = fragments[0]?.offset ?? 0;
  const places = new Map(fragments.map(({ offset }, i) => [offset - origin, i]));
  return offsets.map((offset) => places.get(offset) ?? -1);
}

/** The signatures of JPEG and JPEG-LS (SOI), JPEG 2000 (SOC), JP2 and JPEG XL (signature boxes), and bare JPEG XL. */
const beginnings = ['ffd8ff', 'ff4fff51', '0000000c6a502020', '0000000c4a584c20', 'ff0a'];

function codestreamStarts(dataSet: DataSet, fragments: Span[]): number[] {
  const begins = (fragment: Span) => {
    const hex = Buffer.from(bytesOf(dataSet, fragment).subarray(0, 8)).toString('hex');
    return beginnings.some((beginning) => hex.startsWith(beginning));
  };
  return fragments.flatMap((fragment, i) => (begins(fragment) ? [i] : []));
}

/** Splits the fragments at the starts. Returns undefined if the starts are inconsistent. */
function split(fragments: Span[], starts: number[], frames: number): Span[][] | undefined {
  const isAscending = starts.every((start, i) => start > (starts[i - 1] ?? -1));
  if (starts.length !== frames || starts[0] !== 0 || !isAscending) return undefined;
  return starts.map((start, i) => fragments.slice(start, starts[i + 1]));
}
