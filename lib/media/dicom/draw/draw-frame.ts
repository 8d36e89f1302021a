import type { Pixels } from '../../image/pixels.ts';
import { type DecodedFrame, decodeFrame } from '../decode/decode-frame.ts';
import type { CodecLimits } from '../decode/decode-in-process.ts';
import type { AttributeReader } from '../parse/attribute-reader.ts';
import { DataSetReader } from '../parse/data-set-reader.ts';
import { describePixels } from '../parse/describe-pixels.ts';
import type { DicomFile } from '../parse/read-dicom.ts';
import { UnsupportedPixelData } from '../unsupported-pixel-data.ts';
import { drawPalette } from './draw-palette.ts';
import { embeddedOverlayBits } from './embedded-overlay-bits.ts';
import { greyLevels, readGreyFrame } from './grey-frame.ts';
import { drawOverlayPlanes, readOverlayPlanes } from './overlay-planes.ts';
import { type Window, windowTransform } from './voi-transform.ts';

/** How to draw a frame. */
export interface View {
  /** Counted from 0. Default 0. */
  frame?: number;
  /** Replaces the file's window; ignored for images in colour. */
  window?: Window;
  /** Default true. */
  overlays?: boolean;
}

/**
 * Draws a frame for display: 8 bits for each sample, grey or RGB.
 *
 * @throws RejectedImage if the frame is damaged
 * @throws UnsupportedPixelData if there are no pixels, or they can't be displayed
 */
export async function drawFrame(
  file: DicomFile,
  view: View = {},
  limits: Partial<CodecLimits> = {},
): Promise<Pixels> {
  const { frame = 0, window, overlays = true } = view;
  const description = describePixels(file);
  if (!description) throw new UnsupportedPixelData('This DICOM file has no image to show.');
  const decoded = await decodeOnce(file, description, frame, limits);
  const image = new DataSetReader(file.dataSet);
  const pixels = await draw(image, decoded, frame, window);
  if (overlays) {
    const { data, channels } = pixels;
    const planes = await readOverlayPlanes(image, frame, embeddedOverlayBits(file, description, frame));
    drawOverlayPlanes(planes, pixels, (pixel) => data.fill(255, pixel * channels, (pixel + 1) * channels));
  }
  return pixels;
}

/** The largest decoded frame that is kept. */
const KEPT_BYTES = 32 * 1024 * 1024;

/** The compressed frame that was decoded last: a viewer asks for it again with another window or size. */
let last: { file: DicomFile; frame: number; decoded: DecodedFrame } | undefined;

const decodeOnce: typeof decodeFrame = async (file, description, frame, limits) => {
  // A frame that is not compressed is decoded sooner than it is found.
  if (!description.element.fragments) return decodeFrame(file, description, frame, limits);
  if (last?.file === file && last.frame === frame) return last.decoded;
  last = undefined;
  const decoded = await decodeFrame(file, description, frame, limits);
  if (decoded.samples.byteLength <= KEPT_BYTES) last = { file, frame, decoded };
  return decoded;
};

async function draw(
  image: AttributeReader,
  decoded: DecodedFrame,
  frame: number,
  window?: Window,
): Promise<Pixels> {
  const { photometricInterpretation, samplesPerPixel, samples, columns, rows } = decoded;
  if (photometricInterpretation === 'PALETTE COLOR' && samplesPerPixel === 1)
    return drawPalette(image, decoded);
  if (samplesPerPixel === 1) {
    const voi = window && windowTransform(window);
    const grey = await readGreyFrame(image, frame, samples, photometricInterpretation, voi);
    return { data: greyLevels(grey), width: columns, height: rows, channels: 1 };
  }
  if (photometricInterpretation !== 'RGB')
    throw new UnsupportedPixelData(
      `This DICOM image has colours of the kind ${photometricInterpretation}, which can’t be shown.`,
    );
  return drawRgb(decoded);
}

/** Scales samples of more or fewer than 8 bits to 8 bits. */
function drawRgb({ samples, bitsStored, columns, rows }: DecodedFrame): Pixels {
  const isBytes = samples instanceof Uint8Array && bitsStored === 8;
  const scale = bitsStored > 8 ? 2 ** (8 - bitsStored) : 255 / (2 ** bitsStored - 1);
  // A copy: overlays are drawn into it, and the decoded frame may be drawn again.
  const data = isBytes ? samples.slice() : Uint8Array.from(samples, (sample) => Math.floor(sample * scale));
  return { data, width: columns, height: rows, channels: 3 };
}
