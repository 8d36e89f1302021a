import { fromPixels } from '../pixels.ts';
import type { CodecLimits } from './decode-apart.ts';
import { drawFrame, type View } from './draw-frame.ts';
import type { DicomFile } from './read-dicom.ts';

/** How a rendered frame is to come out (PS3.18 8.3.5.1). */
export interface RenderOptions extends View {
  format: 'png' | 'jpeg';
  /** Of JPEG, 1 to 100. Default 90. */
  quality?: number;
  /** What the picture has to fit into, larger or smaller, in its own shape (8.3.5.1.3). Default: its own size. */
  viewport?: { columns?: number | undefined; rows?: number | undefined };
  /** Whether a smaller picture grows to the viewport. Default true, as the standard has it; a thumbnail doesn't. */
  enlarge?: boolean;
}

/** A picture that browsers show. */
export interface RenderedFrame {
  bytes: Uint8Array;
  mimeType: 'image/png' | 'image/jpeg';
  width: number;
  height: number;
}

/** The longest side that a viewport may ask for. */
const MAX_SIDE = 8192;

/**
 * Renders a frame as PNG or JPEG, without anything of the file in it but its pixels.
 *
 * @throws RejectedImage and UndrawableDicom as `drawFrame` does
 */
export async function renderFrame(
  file: DicomFile,
  { format, quality = 90, viewport, enlarge = true, ...view }: RenderOptions,
  limits: Partial<CodecLimits> = {},
): Promise<RenderedFrame> {
  const image = fromPixels(await drawFrame(file, view, limits));
  if (viewport && (viewport.columns || viewport.rows))
    image.resize({
      width: Math.min(viewport.columns || MAX_SIDE, MAX_SIDE),
      height: Math.min(viewport.rows || MAX_SIDE, MAX_SIDE),
      fit: 'inside',
      withoutEnlargement: !enlarge,
    });
  if (format === 'png') image.png({ compressionLevel: 1 });
  else image.jpeg({ quality, chromaSubsampling: '4:4:4' });
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  return { bytes: data, mimeType: `image/${format}`, width: info.width, height: info.height };
}
