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
