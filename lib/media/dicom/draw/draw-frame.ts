import type { Pixels } from '../../image/pixels.ts';
import { type DecodedFrame, decodeFrame } from '../decode/decode-frame.ts';
import type { CodecLimits } from '../decode/decode-in-process.ts';
import { describePixels } from '../parse/describe-pixels.ts';
import type { DicomFile } from '../parse/read-dicom.ts';
import { UnsupportedPixelData } from '../unsupported-pixel-data.ts';
import { drawMonochrome } from './draw-monochrome.ts';
import { drawOverlays } from './draw-overlays.ts';
import { drawPalette } from './draw-palette.ts';
import type { Window } from './voi-transform.ts';

/** How a frame is to be seen. */
export interface View {
  /** Counted from 0. Default 0. */
  frame?: number;
  /** Instead of what the file says; of pictures in colour it means nothing. */
  window?: Window;
  /** Default true. */
  overlays?: boolean;
}

/**
 * Draws a frame as people see it: 8 bits for each sample, grey or RGB.
 *
 * @throws RejectedImage for what is damaged
 * @throws UnsupportedPixelData for what has no picture, or none that can be shown
 */
export async function drawFrame(
  file: DicomFile,
  view: View = {},
  limits: Partial<CodecLimits> = {},
): Promise<Pixels> {
  const { frame = 0, window, overlays = true } = view;
  const description = describePixels(file);
  if (!description) throw new UnsupportedPixelData('This DICOM file has no image to show.');
  const decoded = await decodeFrame(file, description, frame, limits);
  const pixels = draw(file, decoded, frame, window);
  if (overlays) drawOverlays(file, description, frame, pixels);
  return pixels;
}

function draw({ dataSet }: DicomFile, decoded: DecodedFrame, frame: number, window?: Window): Pixels {
  const { photometricInterpretation, samplesPerPixel } = decoded;
  if (photometricInterpretation === 'PALETTE COLOR' && samplesPerPixel === 1)
    return drawPalette(dataSet, decoded);
  if (samplesPerPixel === 1) return drawMonochrome(dataSet, decoded, frame, window);
  if (photometricInterpretation !== 'RGB')
    throw new UnsupportedPixelData(
      `This DICOM image has colours of the kind ${photometricInterpretation}, which can’t be shown.`,
    );
  return drawRgb(decoded);
}

/** Samples of more or fewer than 8 bits are the same colours, finer or coarser. */
function drawRgb({ samples, bitsStored, columns, rows }: DecodedFrame): Pixels {
  const isBytes = samples instanceof Uint8Array && bitsStored === 8;
  const scale = bitsStored > 8 ? 2 ** (8 - bitsStored) : 255 / (2 ** bitsStored - 1);
  const data = isBytes ? samples : Uint8Array.from(samples, (sample) => Math.floor(sample * scale));
  return { data, width: columns, height: rows, channels: 3 };
}
