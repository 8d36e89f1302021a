import type { Sharp } from 'sharp';
import { sharp } from './libvips.ts';

/** A decoded picture: upright, 8 bits for each sample, rows from top to bottom without gaps. */
export interface Pixels {
  data: Uint8Array;
  width: number;
  height: number;
  channels: 1 | 2 | 3 | 4;
}

/** What a decoder found: the size of the original, and its pixels, perhaps already smaller. */
export interface Decoded {
  /** Of the original, upright. */
  width: number;
  height: number;
  /** Pixels per inch, where the file says so. */
  dpi?: number | undefined;
  capturedAt?: string | undefined;
  /** Whether browsers can't show the original as it is meant. */
  needsPreview: boolean;
  pixels: Pixels;
}

/** sharp over raw pixels. */
export const fromPixels = ({ data, width, height, channels }: Pixels): Sharp =>
  sharp(data, { raw: { width, height, channels }, limitInputPixels: false });

/** Shrinks to fit a square box; nothing is enlarged. */
export const inside = (image: Sharp, box: number): Sharp =>
  image.resize({ width: box, height: box, fit: 'inside', withoutEnlargement: true });

/** The raw pixels that come out of a pipeline. */
export async function toPixels(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

/** The same picture without the channels behind the first so many, at most as many as it has. */
export function firstChannels({ data, width, height, channels }: Pixels, count: 3 | 4): Pixels {
  const kept = new Uint8Array(width * height * count);
  for (let from = 0, to = 0; to < kept.length; from += channels, to += count) {
    for (let i = 0; i < count; i++) kept[to + i] = data[from + i] ?? 0;
  }
  return { data: kept, width, height, channels: count };
}
