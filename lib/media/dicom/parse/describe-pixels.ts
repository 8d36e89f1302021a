import { RejectedImage } from '../../rejected-image.ts';
import { UnsupportedPixelData } from '../unsupported-pixel-data.ts';
import type { DataElement, DataSet } from './data-set.ts';
import { DataSetReader } from './data-set-reader.ts';
import { type ImagePixel, readImagePixel } from './image-pixel.ts';
import { numberValue } from './number-values.ts';
import type { DicomFile } from './read-dicom.ts';

/** The pixel data of a file, as its Image Pixel module describes it (PS3.3 C.7.6.3). */
export interface PixelDescription extends ImagePixel {
  rows: number;
  columns: number;
  bitsAllocated: number;
  frames: number;
  /** Whether each colour has its own plane (C.7.6.3.1.3). */
  isPlanar: boolean;
  /** Of Float and Double Float Pixel Data (C.7.6.24, C.7.6.25). */
  isFloat: boolean;
  /** Bytes of one uncompressed frame; a fraction if frames are not byte-aligned. */
  frameBytes: number;
  element: DataElement;
}

/** Most bytes of one decoded frame: 256 MiB, twice the largest mammogram's. */
const MAX_FRAME_BYTES = 256 * 1024 * 1024;

/**
 * Describes a file's pixels. Returns undefined for a file without pixels, such as a report.
 *
 * @throws RejectedImage if the attributes contradict each other, or the pixel data is truncated
 * @throws UnsupportedPixelData for valid pixels that can't be decoded here
 */
export function describePixels({ dataSet, transferSyntax }: DicomFile): PixelDescription | undefined {
  const element = ['7FE00010', '7FE00008', '7FE00009'].map((tag) => dataSet.elements.get(tag)).find(Boolean);
  if (!element || (element.length === 0 && !element.fragments && !element.isBeyond)) return undefined;
  const isFloat = element.tag !== '7FE00010';
  const image = readImagePixel(new DataSetReader(dataSet));
  const described = {
    ...image,
    bitsAllocated: required(image.bitsAllocated, 'Bits Allocated'),
    rows: required(image.rows, 'Rows'),
    columns: required(image.columns, 'Columns'),
    frames: frameCount(dataSet),
    isPlanar: image.samplesPerPixel > 1 && numberValue(dataSet, '00280006') === 1,
    isFloat,
    element,
  };
  const pixels = { ...described, frameBytes: frameBytesOf(described) };
  refuseOdd(pixels);
  // No detector has so many pixels: the file is refused and not stored.
  if (pixels.frameBytes > MAX_FRAME_BYTES)
    throw new RejectedImage(
      `This DICOM image has ${pixels.columns}×${pixels.rows} pixels; at most ${MAX_FRAME_BYTES / 1024 / 1024} MB are allowed when decoded.`,
    );
  if (transferSyntax.coding) refuseCutOff(pixels);
  return pixels;
}

function required(value: number | undefined, name: string): number {
  if (value) return value;
  throw new RejectedImage(`This DICOM file is damaged: it has an image, but ${name} is missing or zero.`);
}

/** Number of Frames is required for multi-frame images. An invalid value counts as one frame. */
function frameCount(dataSet: DataSet): number {
  const count = numberValue(dataSet, '00280008') ?? 1;
  return Number.isSafeInteger(count) && count > 0 ? count : 1;
}

function frameBytesOf(pixels: Omit<PixelDescription, 'frameBytes'>): number {
  const { rows, columns, samplesPerPixel, bitsAllocated, photometricInterpretation } = pixels;
  // PS3.3 C.7.6.3.1.2: each pair of pixels shares one Cb and one Cr sample.
  const samples = isHalved(pixels) && photometricInterpretation.endsWith('_422') ? 2 : samplesPerPixel;
  return (rows * columns * samples * bitsAllocated) / 8;
}

type Described = Pick<PixelDescription, 'element' | 'samplesPerPixel'>;

/** Native pixel data, also if it is beyond the bytes that were read: it has a length. */
const isNative = ({ element }: Pick<Described, 'element'>) => !element.fragments && element.length > 0;

/**
 * Without compression, a photometric interpretation of 422 means fewer samples; with compression, the codec handles it.
 */
export const isHalved = ({ element, samplesPerPixel }: Described): boolean =>
  isNative({ element }) && samplesPerPixel === 3;

function refuseOdd({ samplesPerPixel, bitsAllocated, bitsStored, isFloat }: PixelDescription): void {
  if (samplesPerPixel !== 1 && samplesPerPixel !== 3)
    throw new UnsupportedPixelData(
      `This DICOM image has ${samplesPerPixel} samples for each pixel; expected 1 or 3.`,
    );
  if (![1, 8, 16, 32, 64].includes(bitsAllocated) || (bitsAllocated === 64 && !isFloat))
    throw new UnsupportedPixelData(
      `This DICOM image has ${bitsAllocated} bits for each sample; expected 1, 8, 16 or 32.`,
    );
  if (bitsStored > bitsAllocated)
    throw new RejectedImage(
      `This DICOM file is damaged: of ${bitsAllocated} bits for each sample it claims to use ${bitsStored}.`,
    );
}

function refuseCutOff({ element, frames, frameBytes, rows, columns }: PixelDescription): void {
  // Each frame has at least one fragment (PS3.5 A.4), after the offset table.
  const { fragments } = element;
  if (fragments && fragments.length - 1 < frames)
    throw new RejectedImage(
      `This DICOM file is incomplete: it claims ${frames} frames and has ${Math.max(0, fragments.length - 1)}.`,
    );
  if (isNative({ element }) && element.length < Math.ceil(frames * frameBytes))
    throw new RejectedImage(
      `This DICOM file is incomplete: ${frames} frames of ${columns}×${rows} pixels take ${Math.ceil(frames * frameBytes)} bytes, and it has ${element.length}.`,
    );
}
