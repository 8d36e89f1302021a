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

/** A grey frame that the page can window. */
export interface GreyImage {
  width: number;
  height: number;
  grey: GreyFrame;
  /** Without overlays in unused bits of the pixels (retired), which only the service draws. */
  planes: OverlayPlane[];
}

/** The description of the pixels of a grey image that the page can window. */
export interface GreyPixels extends ImagePixel {
  rows: number;
  columns: number;
  bitsAllocated: number;
  isFloat: boolean;
}

/** Describes the pixels if the page can window them. The service renders everything else, mainly colours. */
export function greyPixelsOf(image: AttributeReader, isFloat: boolean): GreyPixels | undefined {
  const pixel = readImagePixel(image);
  const { rows, columns, bitsAllocated, bitsStored, highBit, photometricInterpretation } = pixel;
  if (!rows || !columns || !bitsAllocated || pixel.samplesPerPixel !== 1) return undefined;
  if (!/^MONOCHROME[12]$/.test(photometricInterpretation)) return undefined;
  const sizes = isFloat ? [32, 64] : [8, 16, 32];
  // Decoded frames have their bits at the low end of the cells; in other frames, the file says where.
  if (!sizes.includes(bitsAllocated) || (!isFloat && highBit !== bitsStored - 1)) return undefined;
  return { ...pixel, rows, columns, bitsAllocated, isFloat };
}

/**
 * Reads a frame, counted from 0, from its samples in cells of whole bytes.
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

/** Computes the grey of each pixel, 0 to 255, with overlays, as the service does; with the selected window if there is one. */
export function levelsOf({ grey, planes, ...size }: GreyImage, voi?: VoiTransform): Uint8Array<ArrayBuffer> {
  const levels = greyLevels(grey, voi);
  drawOverlayPlanes(planes, size, (pixel) => {
    levels[pixel] = 255;
  });
  return levels;
}
