import type { Sharp } from 'sharp';
import { fromPixels, type Pixels, squared } from '../../image/pixels.ts';
import type { CodecLimits } from '../decode/decode-in-process.ts';
import { DataSetReader } from '../parse/data-set-reader.ts';
import { pixelAspect } from '../parse/pixel-aspect.ts';
import type { DicomFile } from '../parse/read-dicom.ts';
import { drawFrame, type View } from './draw-frame.ts';

/** The options of rendering a frame (PS3.18 8.3.5.1). */
export interface RenderOptions extends View {
  format: 'png' | 'jpeg';
  /** Of JPEG, 1 to 100. Default 90. */
  quality?: number;
  /**
   * The size that the image is scaled to fit into, with square pixels (8.3.5.1.3). Default: the frame's own pixels, whatever
   * their aspect ratio.
   */
  viewport?: Viewport;
  /** Whether a smaller image is enlarged to the viewport. Default true, as in the standard; false for thumbnails. */
  enlarge?: boolean;
}

/** Pixels; zero means undefined. */
export interface Viewport {
  columns?: number | undefined;
  rows?: number | undefined;
  /** The region of the frame to show. Default: the whole frame. */
  region?: {
    x?: number | undefined;
    y?: number | undefined;
    width?: number | undefined;
    height?: number | undefined;
  };
  flipsHorizontally?: boolean;
  flipsVertically?: boolean;
}

/** An image that browsers display. */
export interface RenderedFrame {
  bytes: Uint8Array;
  mimeType: 'image/png' | 'image/jpeg';
  width: number;
  height: number;
}

/** The longest side of a requested viewport, in pixels. */
const MAX_SIDE = 8192;

/**
 * Renders a frame as PNG or JPEG, which contains only the pixels and nothing else of the file.
 *
 * @throws RejectedImage and UnsupportedPixelData as `drawFrame` does
 */
export async function renderFrame(
  file: DicomFile,
  { frame = 0, window, overlays, ...shape }: RenderOptions,
  limits: Partial<CodecLimits> = {},
): Promise<RenderedFrame> {
  const view = { frame, ...(window && { window }), ...(overlays !== undefined && { overlays }) };
  const pixels = await drawFrame(file, view, limits);
  return renderPixels(pixels, shape, pixelAspect(new DataSetReader(file.dataSet), frame));
}

/** Renders drawn pixels with this pixel aspect ratio (height to width). */
export async function renderPixels(
  pixels: Pixels,
  { format, quality = 90, viewport, enlarge = true }: Omit<RenderOptions, keyof View>,
  aspect = 1,
): Promise<RenderedFrame> {
  const image = viewport ? fitted(pixels, aspect, viewport, enlarge) : fromPixels(pixels);
  // In the colours of a screen, which is the default of sharp, a grey picture takes three times as long and more bytes.
  if (pixels.channels === 1) image.toColourspace('b-w');
  if (format === 'png') image.png({ compressionLevel: 1 });
  // Optimal Huffman tables make a picture a tenth smaller, and take as long as all else.
  else image.jpeg({ quality, chromaSubsampling: '4:4:4', optimiseCoding: false });
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  return { bytes: data, mimeType: `image/${format}`, width: info.width, height: info.height };
}

/** The region of a viewport is outside of the frame. */
export class OutsideOfFrame extends Error {
  override readonly name = 'OutsideOfFrame';

  constructor(columns: number, rows: number) {
    super(`expected a part of ${columns}×${rows} pixels`);
  }
}

/** The region of an image in a viewport, as large as fits without distortion. */
function fitted(pixels: Pixels, aspect: number, viewport: Viewport, enlarge: boolean): Sharp {
  const { columns, rows, flipsHorizontally = false, flipsVertically = false } = viewport;
  const region = regionOf(pixels, viewport.region ?? {});
  const natural = squared(region.width, region.height, aspect);
  const across = Math.min(columns || MAX_SIDE, MAX_SIDE) / natural.width;
  const down = Math.min(rows || MAX_SIDE, MAX_SIDE) / natural.height;
  const isSized = Boolean(columns || rows);
  const scale = isSized ? Math.min(across, down, enlarge ? Number.POSITIVE_INFINITY : 1) : 1;
  return fromPixels(pixels)
    .extract(region)
    .flip(flipsVertically)
    .flop(flipsHorizontally)
    .resize({
      width: Math.max(1, Math.round(natural.width * scale)),
      height: Math.max(1, Math.round(natural.height * scale)),
      fit: 'fill',
    });
}

/** @throws OutsideOfFrame */
function regionOf({ width, height }: Pixels, { x = 0, y = 0, ...size }: NonNullable<Viewport['region']>) {
  const left = Math.floor(x);
  const top = Math.floor(y);
  if (left >= width || top >= height) throw new OutsideOfFrame(width, height);
  return {
    left,
    top,
    width: Math.max(1, Math.min(width - left, Math.round(size.width ?? width))),
    height: Math.max(1, Math.min(height - top, Math.round(size.height ?? height))),
  };
}
