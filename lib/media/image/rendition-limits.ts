import { RejectedImage } from '../rejected-image.ts';

/** How much work one image may be; the defaults fit a Lambda of 1 GB. */
export interface RenditionLimits {
  /** Default 100 million: above the largest clinical cameras, far below what a bomb claims. */
  pixels: number;
  /** Default 500 million: peak memory for decoding, which for some files is 20 bytes for each pixel. */
  decodedBytes: number;
}

export const defaultLimits: RenditionLimits = { pixels: 100_000_000, decodedBytes: 500_000_000 };

/**
 * The longest line, as in JPEG. What is read line by line costs next to nothing, but to shrink it, libvips holds hundreds
 * of lines: of 65535×1500 pixels with 16 bits 0.5 GB, of 3000000×32, which are no more, 7 GB. Tall pictures are cheap.
 */
const LINE = 65_535;

interface Claim {
  /** How the format is called: "TIFF". */
  name: string;
  width: number;
  height: number;
  /** What decoding it holds in memory at once. */
  bytes: number;
}

/**
 * Holds what a file's header claims against the limits, before anything is decoded.
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
