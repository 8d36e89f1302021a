import { describe, expect, test } from 'vitest';
import { sizeWithin } from '../../../../lib/domain/annotations/calibrated-regions.ts';
import { calibratedRegions } from '../../../../lib/media/dicom/parse/pixel-aspect.ts';
import type { Shape } from '../../../../web/src/annotations/drawing.ts';
import { spacingBelow } from '../../../../web/src/annotations/measures.ts';
import { JsonReader } from '../../../../web/src/dicom-viewer/json-reader.ts';

type Box = [left: number, top: number, right: number, bottom: number];
const numbers = (vr: string, ...values: number[]) => ({ vr, Value: values });

/** A region by its first and last pixels. */
const region = ([left, top, right, bottom]: Box, format = 1, units = 3, delta = [0.02, 0.04]) => ({
  '00186012': numbers('US', format),
  '00186018': numbers('UL', left),
  '0018601A': numbers('UL', top),
  '0018601C': numbers('UL', right),
  '0018601E': numbers('UL', bottom),
  '00186024': numbers('US', units),
  '00186026': numbers('US', units),
  '0018602C': numbers('FD', delta[0] ?? 0),
  '0018602E': numbers('FD', delta[1] ?? 0),
});
const readerOf = (attributes: object) =>
  new JsonReader(attributes as never, () => Promise.reject(new Error('no bulk data')));
const regionsOf = (...items: object[]) =>
  calibratedRegions(readerOf({ '00186011': { vr: 'SQ', Value: items } }));
const line = (...points: [number, number][]) => ({ kind: 'length', points });
const TISSUE: Box = [100, 50, 299, 249];
const WITHIN = line([100, 50], [300, 250]);

describe('A shape on an ultrasound image', () => {
  test('has the scale of the region within which it lies, from the first to the last pixel', () => {
    const regions = regionsOf(region(TISSUE));
    const size = sizeWithin(regions, WITHIN);
    expect(size?.x).toBeCloseTo(0.2, 9);
    expect(size?.y).toBeCloseTo(0.4, 9);
    expect(sizeWithin(regions, line([99, 60], [200, 60]))).toBeUndefined();
    expect(sizeWithin(regions, line([110, 60], [301, 60]))).toBeUndefined();
    expect(sizeWithin(regions, line([110, 251], [200, 251]))).toBeUndefined();
  });

  test('has one where a coordinate falls from pixel to pixel', () => {
    expect(sizeWithin(regionsOf(region(TISSUE, 1, 3, [0.02, -0.04])), WITHIN)?.y).toBeCloseTo(0.4, 9);
  });

  test.each([
    ['a curve over time', region(TISSUE, 2)],
    ['a spectrum', region(TISSUE, 3)],
    ['other units than centimetres', region(TISSUE, 1, 4)],
    ['no scale', region(TISSUE, 1, 3, [0, 0])],
  ])('has no millimetres in a region of %s', (_what, item) => {
    const regions = regionsOf(item);
    expect(regions).toHaveLength(1);
    expect(sizeWithin(regions, WITHIN)).toBeUndefined();
  });

  test('has a scale in two regions that overlap only if it is the same', () => {
    const inner: Box = [150, 100, 199, 149];
    const over = line([160, 110], [250, 110]);
    expect(sizeWithin(regionsOf(region(TISSUE), region(inner)), over)?.x).toBeCloseTo(0.2, 9);
    expect(sizeWithin(regionsOf(region(TISSUE), region(inner, 3)), over)).toBeUndefined();
    expect(sizeWithin(regionsOf(region(TISSUE), region(inner, 1, 3, [0.01, 0.01])), over)).toBeUndefined();
    // Beside the inner one, it is not in question.
    expect(
      sizeWithin(regionsOf(region(TISSUE), region(inner, 3)), line([210, 60], [250, 60]))?.x,
    ).toBeCloseTo(0.2, 9);
  });

  test('must lie within with all of an ellipse, and not only with the ends of its axes', () => {
    const turned = (middle: number) => ({
      kind: 'ellipse',
      points: [
        [middle - 60, 100],
        [middle + 60, 220],
        [middle + 20, 140],
        [middle - 20, 180],
      ] as const,
    });
    const regions = regionsOf(region(TISSUE));
    expect(sizeWithin(regions, turned(200))?.x).toBeCloseTo(0.2, 9);
    expect(sizeWithin(regions, turned(160.5))).toBeUndefined();
  });
});

test('A frame with regions has the spacing of the region below a shape, and not that of the file', () => {
  const spacingOf = (attributes: object, shape = WITHIN) =>
    spacingBelow(readerOf({ ...attributes, '00280030': numbers('DS', 0.5, 0.5) }), 0, shape as Shape);
  expect(spacingOf({})?.rows).toBe(0.5);
  const regions = { '00186011': { vr: 'SQ', Value: [region(TISSUE)] } };
  expect(spacingOf(regions)?.rows).toBeCloseTo(0.4, 9);
  expect(spacingOf(regions)?.columns).toBeCloseTo(0.2, 9);
  expect(spacingOf(regions, line([0, 0], [10, 0]))).toBeUndefined();
});

test('Other images have no regions', () => {
  expect(regionsOf()).toEqual([]);
  expect(sizeWithin([], WITHIN)).toBeUndefined();
});
