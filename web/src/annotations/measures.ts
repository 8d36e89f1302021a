import { sizeWithin } from '../../../lib/domain/annotations/calibrated-regions.ts';
import {
  angleAt,
  calibratedSize,
  distance,
  ellipseArea,
  ellipseOf,
  type PixelSize,
  polygonArea,
} from '../../../lib/domain/annotations/geometry.ts';
import type { AttributeReader } from '../../../lib/media/dicom/parse/attribute-reader.ts';
import {
  calibratedRegions,
  type PixelSpacing,
  pixelSpacing,
} from '../../../lib/media/dicom/parse/pixel-aspect.ts';
import type { Annotation } from '../api/types.ts';
import { LOCALE } from '../messages/language.ts';
import { text } from '../messages/text.ts';
import type { Shape } from './drawing.ts';

/** What is measured by a shape, in words; empty if it measures nothing. In pixels if the size of a pixel is not known. */
export function measureOf({ kind, points, millimetres }: Shape, size: PixelSize | undefined): string {
  const [one, other, third] = points;
  switch (kind) {
    case 'length':
      return one && other ? lengthText(distance(one, other, size), size) : '';
    case 'calibration':
      return text('annotations.millimetres', { value: rounded(millimetres ?? 0) });
    case 'angle': {
      const degrees = one && other && third && angleAt(one, other, third, size);
      return degrees === undefined ? '' : text('annotations.degrees', { value: oneDigit(degrees) });
    }
    case 'area':
      return areaText(polygonArea(points, size), size);
    case 'ellipse': {
      const ellipse = ellipseOf(points);
      return ellipse ? areaText(ellipseArea(ellipse, size), size) : '';
    }
    default:
      return '';
  }
}

const lengthText = (value: number, size: PixelSize | undefined) =>
  text(size ? 'annotations.millimetres' : 'annotations.pixels', { value: rounded(value) });
const areaText = (value: number, size: PixelSize | undefined) =>
  text(size ? 'annotations.square-millimetres' : 'annotations.square-pixels', { value: rounded(value) });

/** Four digits: a thousandth is finer than any hand. */
const rounded = (value: number): string =>
  value.toLocaleString(
    LOCALE,
    value >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 4 },
  );

/** Nobody draws an angle more exactly than to a tenth of a degree. */
const oneDigit = (value: number): string => value.toLocaleString(LOCALE, { maximumFractionDigits: 1 });

/** The size of a pixel by the newest line of a known length. */
export function calibrationIn(list: readonly Annotation[]): PixelSize | undefined {
  const newest = list
    .filter(({ shape }) => shape?.kind === 'calibration')
    .reduce<Annotation | undefined>(
      (latest, each) => (latest && latest.changed_at > each.changed_at ? latest : each),
      undefined,
    )?.shape;
  return newest ? calibratedSize(newest.points, newest.millimetres ?? 0) : undefined;
}

/** The distance between the pixels of a frame, from 0, below a shape: in an ultrasound image that of the region around it. */
export function spacingBelow(image: AttributeReader, frame: number, shape: Shape): PixelSpacing | undefined {
  const regions = calibratedRegions(image);
  // Where a file has regions, no spacing is that of the whole frame.
  if (regions.length === 0) return pixelSpacing(image, frame);
  const size = sizeWithin(regions, shape);
  return size && { rows: size.y, columns: size.x, isAtDetector: false };
}

/** The size of a pixel of such a distance. */
export const sizeOf = (spacing: PixelSpacing | undefined): PixelSize | undefined =>
  spacing && { x: spacing.columns, y: spacing.rows };
