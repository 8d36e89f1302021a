import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from 'vitest';
import { Shape } from '../../../lib/domain/annotations/shape.ts';
import { EditSteps } from '../../../lib/domain/images/image-edit.ts';
import { StoredNumber } from '../../../lib/domain/stored-number.ts';

const calibration = (millimetres: number) => ({
  kind: 'calibration',
  points: [
    [0, 0],
    [9, 9],
  ],
  millimetres,
});
const crop = (width: number) => ({ crop: { left: 0, top: 0, width, height: 1 } });

describe('A number that DynamoDB can not hold', () => {
  test.each([8e-323, -1e-131])('is refused: %s', (value) => {
    const { error } = StoredNumber.safeParse(value);
    expect(error?.issues[0]?.message).toBe('must be 0, or at least 1e-130 without its sign');
  });

  test.each([1e126, -1.7e308])('is refused, too: %s', (value) => {
    expect(StoredNumber.safeParse(value).success).toBe(false);
  });

  test.each([0, -0, 1e-130, -1e-130, Number.MAX_SAFE_INTEGER, 0.1, -45])('but not %s', (value) => {
    expect(StoredNumber.parse(value)).toBe(value);
    expect(marshall({ value }).value?.N).toBe(String(value));
  });

  test.each([{ contrast: 8e-323 }, { brightness: -8e-323 }, { straightenDegrees: 5e-324 }, crop(5e-324)])(
    'is refused in edits: %o',
    (steps) => {
      expect(EditSteps.safeParse(steps).success).toBe(false);
    },
  );

  test('is refused as a known length', () => {
    expect(Shape.safeParse(calibration(50)).success).toBe(true);
    expect(Shape.safeParse(calibration(5e-324)).success).toBe(false);
  });
});
