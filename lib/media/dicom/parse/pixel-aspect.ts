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
