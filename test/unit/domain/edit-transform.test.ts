import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Affine, inTurn, inverse, transformed } from '../../../lib/domain/images/affine.ts';
import { applyEdits, editedSize, type Picture } from '../../../lib/domain/images/apply-edits.ts';
import { NO_EDITS } from '../../../lib/domain/images/edit-actions.ts';
import { editTransform } from '../../../lib/domain/images/edit-transform.ts';
import type { EditSteps } from '../../../lib/domain/images/image-edit.ts';

const sizes = fc.record({
  width: fc.integer({ min: 24, max: 80 }),
  height: fc.integer({ min: 24, max: 80 }),
});
const part = fc
  .tuple(fc.double({ min: 0, max: 0.6, noNaN: true }), fc.double({ min: 0.2, max: 0.4, noNaN: true }))
  .map(([start, length]) => [start, length] as const);
const crops = fc.tuple(part, part).map(([[left, width], [top, height]]) => ({ left, top, width, height }));
const editsWith = (straightenDegrees: fc.Arbitrary<number>): fc.Arbitrary<EditSteps> =>
  fc
    .tuple(fc.boolean(), fc.integer({ min: 0, max: 3 }), straightenDegrees, fc.option(crops))
    .map(([isFlipped, quarterTurns, degrees, crop]) => ({
      ...NO_EDITS,
      isFlipped,
      quarterTurns,
      straightenDegrees: degrees,
      ...(crop && { crop }),
    }));

/** A picture whose pixels have their place as colour: red is 3 times x, green 3 times y. */
function coordinates({ width, height }: { width: number; height: number }): Picture {
  const data = Uint8Array.from({ length: width * height * 3 }, (_value, at) => {
    const pixel = Math.floor(at / 3);
    return [3 * (pixel % width), 3 * Math.floor(pixel / width), 0][at % 3] ?? 0;
  });
  return { data, width, height, channels: 3 };
}

/** The farthest, in original pixels, that a pixel of the edited picture is from the point that falls onto its middle. */
function farthest(size: { width: number; height: number }, steps: EditSteps, margin: number): number {
  const edited = applyEdits(coordinates(size), steps);
  const back = inverse(editTransform(size, steps)) as Affine;
  let most = 0;
  for (let y = 0; y < edited.height; y++) {
    for (let x = 0; x < edited.width; x++) {
      const [fromX, fromY] = transformed(back, [x + 0.5, y + 0.5]);
      // At an edge, a rotated picture repeats the last pixel.
      if (Math.min(fromX, fromY, size.width - fromX, size.height - fromY) < margin) continue;
      const at = (y * edited.width + x) * 3;
      const [red = 0, green = 0] = [edited.data[at], edited.data[at + 1]];
      most = Math.max(most, Math.abs(red / 3 + 0.5 - fromX), Math.abs(green / 3 + 0.5 - fromY));
    }
  }
  return most;
}

describe('A point of a picture', () => {
  test('is on the same pixel after it is mirrored, turned and cropped', () => {
    fc.assert(
      fc.property(sizes, editsWith(fc.constant(0)), (size, steps) => {
        expect(farthest(size, steps, 0)).toBeLessThan(1e-9);
      }),
      { numRuns: 60 },
    );
  });

  test('is within half a pixel of its place after it is straightened, too', () => {
    fc.assert(
      fc.property(sizes, editsWith(fc.double({ min: -45, max: 45, noNaN: true })), (size, steps) => {
        expect(farthest(size, steps, 1)).toBeLessThan(0.5);
      }),
      { numRuns: 60 },
    );
  });

  test('comes back by the inverse, and a whole picture has its edited size', () => {
    fc.assert(
      fc.property(sizes, editsWith(fc.constantFrom(0, 12, -30)), (size, steps) => {
        const there = editTransform(size, steps);
        const [x, y] = transformed(inTurn(there, inverse(there) as Affine), [7, 11]);
        expect(x).toBeCloseTo(7, 6);
        expect(y).toBeCloseTo(11, 6);
        if (steps.crop || steps.straightenDegrees !== 0) return;
        const { width, height } = editedSize(size, steps);
        const corners = [transformed(there, [0, 0]), transformed(there, [size.width, size.height])];
        expect(corners.map(([a]) => a).sort((a, b) => a - b)).toEqual([0, width]);
        expect(corners.map(([, b]) => b).sort((a, b) => a - b)).toEqual([0, height]);
      }),
    );
  });
});

test('A transform onto a line has no inverse', () => {
  expect(inverse([1, 2, 2, 4, 0, 0])).toBeUndefined();
});
