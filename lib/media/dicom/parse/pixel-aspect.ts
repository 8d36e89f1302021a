import { type AttributeReader, groupsOfFrame } from './attribute-reader.ts';

/**
 * The aspect ratio of a frame's pixels, height to width: by Pixel Spacing, Imager Pixel Spacing, Nominal Scanned Pixel Spacing,
 * or Pixel Aspect Ratio (PS3.3 C.7.6.3.1.7 and 10.7.1.3), each with the row spacing first. 1 if the file does not say.
 */
export function pixelAspect(image: AttributeReader, frame: number): number {
  // Pixel Measures (C.7.6.16.2.1), otherwise the image's own attributes.
  for (const group of groupsOfFrame(image, frame, '00289110')) {
    for (const tag of ['00280030', '00181164', '00182010', '00280034']) {
      const [rows = 0, columns = 0] = group.numbers(tag);
      if (rows > 0 && columns > 0) return rows / columns;
    }
  }
  return 1;
}

/** The distance between pixels in millimetres. */
export interface PixelSpacing {
  /** Between rows, and between columns. */
  rows: number;
  columns: number;
  /** It is that at the detector of a projection: in the body it is smaller, by a magnification that the file does not tell. */
  isAtDetector: boolean;
}

/**
 * The distance between the pixels of a frame: by Pixel Spacing, or in a projection by Imager Pixel Spacing. Where a projection has both
 * with the same values, Pixel Spacing is not calibrated to the body (PS3.3 10.7.1.3). Undefined if the file does not say.
 */
export function pixelSpacing(image: AttributeReader, frame: number): PixelSpacing | undefined {
  const groups = groupsOfFrame(image, frame, '00289110');
  const spacingOf = (tag: string) =>
    groups.map((group) => group.numbers(tag)).find(([rows = 0, columns = 0]) => rows > 0 && columns > 0);
  const [inBody, atDetector] = [spacingOf('00280030'), spacingOf('00181164')];
  const [rows, columns] = inBody ?? atDetector ?? [];
  if (rows === undefined || columns === undefined) return undefined;
  const isAtDetector = atDetector !== undefined && rows === atDetector[0] && columns === atDetector[1];
  return { rows, columns, isAtDetector };
}

/** The values of Region Spatial Format for a picture of tissue or flow, and of Physical Units for centimetres (PS3.3 C.8.5.5.1). */
const PICTURE = 1;
const CENTIMETRES = 3;

/** The regions of an ultrasound image, each with its own scale (PS3.3 C.8.5.5); empty for other images. */
export const calibratedRegions = (image: AttributeReader) =>
  image.items('00186011').map((region) => {
    const number = (tag: string) => region.numbers(tag)[0] ?? 0;
    // A delta is below zero where the physical coordinate falls from pixel to pixel.
    const [x, y] = [Math.abs(number('0018602C')) * 10, Math.abs(number('0018602E')) * 10];
    const hasLengths =
      number('00186012') === PICTURE &&
      ['00186024', '00186026'].every((tag) => number(tag) === CENTIMETRES) &&
      x > 0 &&
      y > 0;
    return {
      left: number('00186018'),
      top: number('0018601A'),
      // The last pixel is within the region.
      right: number('0018601C') + 1,
      bottom: number('0018601E') + 1,
      size: hasLengths ? { x, y } : undefined,
    };
  });
