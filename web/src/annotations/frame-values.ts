import { type Values, valuesWithin } from '../../../lib/domain/annotations/values-within.ts';
import type { GreyImage } from '../dicom-viewer/grey-image.ts';
import { type Attributes, textOf } from '../exams/dicom-json.ts';
import { LOCALE } from '../messages/language.ts';
import { text } from '../messages/text.ts';
import type { Shape } from './drawing.ts';

/** What the page knows of the values of a frame's pixels, in words. */
export interface FrameValues {
  /** Of the pixels within an ellipse or a polygon; empty for other shapes. */
  within: (shape: Shape) => string;
  /** Of the pixel at a point; undefined outside of the frame. */
  at: (x: number, y: number) => string | undefined;
}

/** The values of a grey frame after the modality transform, such as Hounsfield units. */
export function frameValuesOf({ width, height, grey }: GreyImage, attributes: Attributes): FrameValues {
  const unit = unitOf(attributes);
  const valueAt = (x: number, y: number) => grey.modality(grey.samples[y * width + x] ?? Number.NaN);
  // A shape is never changed; to add up its pixels again at each zoom would be slow.
  const known = new WeakMap<Shape, string>();
  const compute = (shape: Shape) => {
    const values = valuesWithin(shape, { width, height, valueAt });
    return values ? valuesText(values, unit) : '';
  };
  return {
    within: (shape) => {
      if (!['ellipse', 'polygon', 'area'].includes(shape.kind)) return '';
      const words = known.get(shape) ?? compute(shape);
      known.set(shape, words);
      return words;
    },
    at: (x, y) => {
      const [column, row] = [Math.floor(x), Math.floor(y)];
      if (column < 0 || row < 0 || column >= width || row >= height) return undefined;
      return text('annotations.value', {
        value: withUnit(valueAt(column, row), unit),
        column: column + 1,
        row: row + 1,
      });
    },
  };
}

/** Rescale Type (0028,1054); without it, CT is in Hounsfield units (PS3.3 C.11.1.1.2). */
function unitOf(attributes: Attributes): string {
  const type = textOf(attributes, '00281054') || (textOf(attributes, '00080060') === 'CT' ? 'HU' : '');
  return type === 'US' ? '' : type;
}

const valuesText = ({ mean, min, max, deviation, pixels }: Values, unit: string): string =>
  text('annotations.values', {
    mean: withUnit(mean, unit),
    min: oneDigit(min),
    max: oneDigit(max),
    deviation: oneDigit(deviation),
    pixels,
  });

const withUnit = (value: number, unit: string): string => [oneDigit(value), unit].filter(Boolean).join(' ');

const oneDigit = (value: number): string => value.toLocaleString(LOCALE, { maximumFractionDigits: 1 });
