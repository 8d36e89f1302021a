import type { Sharp } from 'sharp';
import type { CaptureTime } from '../formats/capture-time.ts';
import { sharp } from './libvips.ts';

/** A decoded picture: upright, 8 bits for each sample, rows from top to bottom without gaps. */
export interface Pixels {
  data: Uint8Array;
  width: number;
  height: number;
  channels: 1 | 2 | 3 | 4;
}

/** A decoder's result: the size of the original, and its pixels, which may be smaller already. */
export interface Decoded {
  /** Width and height of the original, upright. */
  width: number;
  height: number;
  /** Pixels per inch, if the file has a resolution. */
  dpi?: number | undefined;
  taken?: CaptureTime | undefined;
  /** Documents only, not animations or photographs. */
  pages?: number | undefined;
  /** Whether browsers can't display the original correctly. */
  needsPreview: boolean;
  pixels: Pixels;
}

/** Opens raw pixels with sharp. */
export const fromPixels = ({ data, width, height, channels }: Pixels): Sharp =>
  sharp(data, { raw: { width, height, channels }, limitInputPixels: false });

/** Shrinks to fit a square box; never enlarges. */
export const inside = (image: Sharp, box: number): Sharp =>
  image.resize({ width: box, height: box, fit: 'inside', withoutEnlargement: true });

/** Runs a pipeline and returns its raw pixels. */
export async function toPixels(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

/** Keeps the first channels of an image, at most as many as it has. */
export function firstChannels({ data, width, height, channels }: Pixels, count: 3 | 4): Pixels {
  const kept = new Uint8Array(width * height * count);
  for (let from = 0, to = 0; to < kept.length; from += channels, to += count) {
    for (let i = 0; i < count; i++) kept[to + i] = data[from + i] ?? 0;
  }
  return { data: kept, width, height, channels: count };
}

/** Adds an alpha channel, 0 to 255, to the colors. */
export function withAlpha(colours: Pixels, alpha: Pixels, isPremultiplied: boolean): Pixels {
  const { width, height, channels } = colours;
  const data = new Uint8Array(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const opacity = alpha.data[pixel * alpha.channels] ?? 0;
    for (let i = 0; i < 3; i++) {
      const value = colours.data[pixel * channels + i] ?? 0;
      data[pixel * 4 + i] =
        isPremultiplied && opacity > 0 ? Math.min(255, Math.round((value * 255) / opacity)) : value;
    }
    data[pixel * 4 + 3] = opacity;
  }
  return { data, width, height, channels: 4 };
}

/** Above this number, pixels are made square by shrinking the image; below by enlarging it, which loses nothing. */
const ENLARGED_PIXELS = 16_000_000;

/** The size of an image with square pixels. `aspect` is the height of a pixel divided by its width. */
export function squared(width: number, height: number, aspect: number): { width: number; height: number } {
  const factor = Math.max(aspect, 1 / aspect);
  const enlarges = width * height * factor <= ENLARGED_PIXELS;
  const isHigher = aspect > 1;
  if (enlarges) return isHigher ? rounded(width, height * factor) : rounded(width * factor, height);
  return isHigher ? rounded(width / factor, height) : rounded(width, height / factor);
}

const rounded = (width: number, height: number) => ({
  width: Math.max(1, Math.round(width)),
  height: Math.max(1, Math.round(height)),
});
