import { expect, test } from 'vitest';
import { pixelSpacing } from '../../../lib/media/dicom/parse/pixel-aspect.ts';
import { JsonReader } from '../../../web/src/dicom-viewer/json-reader.ts';

const numbers = (...values: number[]) => ({ vr: 'DS', Value: values });
const spacingOf = (attributes: object, frame = 0) =>
  pixelSpacing(new JsonReader(attributes as never, () => Promise.reject(new Error('no bulk data'))), frame);

test('The distance of pixels is Pixel Spacing, the rows first', () => {
  expect(spacingOf({ '00280030': numbers(0.5, 0.25) })).toEqual({
    rows: 0.5,
    columns: 0.25,
    isAtDetector: false,
  });
});

test('In a projection, it is that at the detector unless Pixel Spacing is calibrated', () => {
  const detector = { '00181164': numbers(0.2, 0.2) };
  expect(spacingOf(detector)).toEqual({ rows: 0.2, columns: 0.2, isAtDetector: true });
  expect(spacingOf({ ...detector, '00280030': numbers(0.2, 0.2) })?.isAtDetector).toBe(true);
  expect(spacingOf({ ...detector, '00280030': numbers(0.16, 0.16) })).toEqual({
    rows: 0.16,
    columns: 0.16,
    isAtDetector: false,
  });
});

test('Each frame of a multi-frame image has its own', () => {
  const measures = (value: number) => ({
    '00289110': { vr: 'SQ', Value: [{ '00280030': numbers(value, value) }] },
  });
  const image = {
    '52009229': { vr: 'SQ', Value: [measures(2)] },
    '52009230': { vr: 'SQ', Value: [{}, measures(3)] },
  };
  expect(spacingOf(image, 0)?.rows).toBe(2);
  expect(spacingOf(image, 1)?.rows).toBe(3);
});

test('Without a spacing above zero, it is not known', () => {
  expect(spacingOf({})).toBeUndefined();
  expect(spacingOf({ '00280030': numbers(0, 0.5) })).toBeUndefined();
  // The aspect ratio has no unit.
  expect(spacingOf({ '00280034': numbers(2, 1) })).toBeUndefined();
});
