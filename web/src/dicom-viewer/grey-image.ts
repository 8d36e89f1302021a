import { storedSamples } from '../../../lib/media/dicom/decode/stored-samples.ts';
import { type GreyFrame, greyLevels, readGreyFrame } from '../../../lib/media/dicom/draw/grey-frame.ts';
import {
  drawOverlayPlanes,
  type OverlayPlane,
  readOverlayPlanes,
} from '../../../lib/media/dicom/draw/overlay-planes.ts';
import type { VoiTransform } from '../../../lib/media/dicom/draw/voi-transform.ts';
import type { AttributeReader } from '../../../lib/media/dicom/parse/attribute-reader.ts';
import { type ImagePixel, readImagePixel } from '../../../lib/media/dicom/parse/image-pixel.ts';

/** A frame in greys that can be windowed here. */
export interface GreyImage {
  width: number;
  height: number;
  grey: GreyFrame;
  /** Without those in unused bits of the pixels (retired), which the service alone draws. */
  planes: OverlayPlane[];
}

/** What the pixels are, where they are greys that can be windowed here. */
export interface GreyPixels extends ImagePixel {
  rows: number;
  columns: number;
  bitsAllocated: number;
  isFloat: boolean;
}

/** What the pixels are, where they can be windowed here. Of everything else, colours above all, the service draws a picture. */
export function greyPixelsOf(image: AttributeReader, isFloat: boolean): GreyPixels | undefined {
  const pixel = readImagePixel(image);
  const { rows, columns, bitsAllocated, bitsStored, highBit, photometricInterpretation } = pixel;
  if (!rows || !columns || !bitsAllocated || pixel.samplesPerPixel !== 1) return undefined;
  if (!/^MONOCHROME[12]$/.test(photometricInterpretation)) return undefined;
  const sizes = isFloat ? [32, 64] : [8, 16, 32];
  // Frames that the service has decoded have their bits at the bottom of the cells, the others where the file says.
  if (!sizes.includes(bitsAllocated) || (!isFloat && highBit !== bitsStored - 1)) return undefined;
  return { ...pixel, rows, columns, bitsAllocated, isFloat };
}

/**
 * Reads a frame, counted from 0, whose samples are there in cells of bytes.
 *
 * @throws RangeError where there are too few of them
 * @throws RejectedImage where a lookup table is damaged
 */
export async function readGreyImage(
  image: AttributeReader,
  frame: number,
  pixels: GreyPixels,
  octets: Uint8Array,
): Promise<GreyImage> {
  const { rows: height, columns: width, bitsAllocated, photometricInterpretation } = pixels;
  const samples = storedSamples(octets.subarray(0, (width * height * bitsAllocated) / 8), pixels);
  if (samples.length < width * height)
    throw new RangeError(`expected ${width * height} samples, got ${samples.length}`);
  const [grey, planes] = await Promise.all([
    readGreyFrame(image, frame, samples, photometricInterpretation),
    readOverlayPlanes(image, frame),
  ]);
  return { width, height, grey, planes };
}

/** The grey of each pixel, 0 to 255, with its overlays, as the service draws it; through another window where one is chosen. */
export function levelsOf({ grey, planes, ...size }: GreyImage, voi?: VoiTransform): Uint8Array<ArrayBuffer> {
  const levels = greyLevels(grey, voi);
  drawOverlayPlanes(planes, size, (pixel) => {
    levels[pixel] = 255;
  });
  return levels;
}
