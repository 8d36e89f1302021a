import { describe, expect, test } from 'vitest';
import type { Shape } from '../../../../web/src/annotations/drawing.ts';
import { frameValuesOf } from '../../../../web/src/annotations/frame-values.ts';
import { calibrationIn, measureOf } from '../../../../web/src/annotations/measures.ts';
import type { Annotation } from '../../../../web/src/api/types.ts';
import type { GreyImage } from '../../../../web/src/dicom-viewer/grey-image.ts';

const LINE: [number, number][] = [
  [10, 10],
  [40, 50],
];
const BOX: [number, number][] = [
  [0, 0],
  [10, 0],
  [10, 20],
  [0, 20],
];

describe('A measure', () => {
  test('is in pixels until the size of a pixel is known', () => {
    expect(measureOf({ kind: 'length', points: LINE }, undefined)).toBe('50 px');
    expect(measureOf({ kind: 'length', points: LINE }, { x: 0.125, y: 0.125 })).toBe('6.25 mm');
    expect(measureOf({ kind: 'area', points: BOX }, undefined)).toBe('200 px²');
    expect(measureOf({ kind: 'area', points: BOX }, { x: 0.5, y: 0.2 })).toBe('20 mm²');
  });

  test('has four digits, and whole numbers from a thousand on', () => {
    expect(measureOf({ kind: 'length', points: LINE }, { x: 1 / 3, y: 1 / 3 })).toBe('16.67 mm');
    expect(measureOf({ kind: 'length', points: LINE }, { x: 31.111, y: 31.111 })).toBe('1,556 mm');
  });

  test('of an angle is in degrees, and of an arrow or a text there is none', () => {
    expect(measureOf({ kind: 'angle', points: BOX.slice(0, 3) }, undefined)).toBe('90°');
    expect(measureOf({ kind: 'arrow', points: LINE }, undefined)).toBe('');
    expect(measureOf({ kind: 'text', points: LINE.slice(1) }, undefined)).toBe('');
  });
});

describe('A calibration', () => {
  const calibration = (millimetres: number, changed_at: string) =>
    ({ shape: { kind: 'calibration', points: LINE, millimetres }, changed_at }) as Annotation;

  test('is the newest line of a known length', () => {
    const list = [
      calibration(5, '2026-05-01T00:00:00.000Z'),
      calibration(10, '2026-05-03T00:00:00.000Z'),
      calibration(20, '2026-05-02T00:00:00.000Z'),
    ];
    expect(calibrationIn(list)).toEqual({ x: 0.2, y: 0.2 });
    expect(calibrationIn([])).toBeUndefined();
  });
});

describe('The values of a frame', () => {
  /** Four pixels: 0, 1 / 2, 3 as stored, twice as many and 1,000 less as measured. */
  const loaded = {
    width: 2,
    height: 2,
    planes: [],
    grey: { samples: Int16Array.of(0, 1, 2, 3), modality: (stored: number) => stored * 2 - 1000 },
  } as unknown as GreyImage;
  const unitOf = (attributes: object) => frameValuesOf(loaded, attributes as never).at(0.5, 0.5);
  const type = (value: string) => ({ '00281054': { vr: 'LO', Value: [value] } });
  const CT = { '00080060': { vr: 'CS', Value: ['CT'] } };

  test('are those of the modality, with their unit', () => {
    expect(unitOf(CT)).toBe('-1,000 HU at column 1, row 1');
    expect(unitOf(type('OD'))).toBe('-1,000 OD at column 1, row 1');
    expect(unitOf({ ...CT, ...type('US') })).toBe('-1,000 at column 1, row 1');
  });

  test('are none outside of the frame', () => {
    const values = frameValuesOf(loaded, {});
    expect(values.at(2.1, 0)).toBeUndefined();
    expect(values.at(-0.1, 0)).toBeUndefined();
  });

  test('within a shape are added up', () => {
    const area: Shape = {
      kind: 'area',
      points: [
        [0, 0],
        [2, 0],
        [2, 2],
        [0, 2],
      ],
    };
    expect(frameValuesOf(loaded, CT).within(area)).toBe('mean -997 HU, SD 2.2, -1,000 to -994, 4 pixels');
    expect(frameValuesOf(loaded, CT).within({ ...area, kind: 'arrow' })).toBe('');
  });
});
