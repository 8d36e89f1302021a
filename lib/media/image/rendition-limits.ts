import { RejectedImage } from '../rejected-image.ts';

/** Limits for the processing of one image; the defaults fit a Lambda of 1 GB. */
export interface RenditionLimits {
  /** Default 100 million: above the largest clinical cameras, far below a decompression bomb. */
  pixels: number;
  /** Default 500 million: peak memory for decoding, which is 20 bytes for each pixel in some formats. */
  decodedBytes: number;
}

export const defaultLimits: RenditionLimits = { pixels: 100_000_000, decodedBytes: 500_000_000 };

/**
 * The longest line, as in JPEG. Decoding line by line needs little memory, but libvips holds hundreds of lines to
 * shrink an image: 0.5 GB for 65535×1500 pixels with 16 bits, and 7 GB for 3000000×32, which has no more pixels. Tall
 * images need little.
 */
export const LINE = 65_535;

interface Claim {
  /** The format's display name: "TIFF". */
  name: string;
  width: number;
  height: number;
  /** Peak memory for decoding it. */
  bytes: number;
}

/**
 * Checks the header of a file against the limits, before it is decoded.
 *
 * @throws RejectedImage with both figures
 */
export function requireWithinLimits({ name, width, height, bytes }: Claim, limits: RenditionLimits): void {
  if (width * height > limits.pixels) {
    throw new RejectedImage(
      `This image has ${megas(width * height)} megapixels (${width}×${height}); ` +
        `at most ${megas(limits.pixels)} megapixels are accepted.`,
    );
  }
  if (width > LINE) {
    throw new RejectedImage(
      `This image is stored in lines of ${width} pixels; at most ${LINE} are accepted.`,
    );
  }
  if (bytes > limits.decodedBytes) {
    throw new RejectedImage(
      `This ${name} file (${width}×${height} pixels) takes ${megas(bytes)} MB of memory to open; ` +
        `at most ${megas(limits.decodedBytes)} MB are allowed. Please save it smaller, or as a plain JPEG.`,
    );
  }
}

function megas(count: number): number {
  return Math.ceil(count / 1_000_000);
}
