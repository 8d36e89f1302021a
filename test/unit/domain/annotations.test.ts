import { expect, test } from 'vitest';
import * as z from 'zod';
import type { Caller } from '../../../lib/domain/access/caller.ts';
import { type Annotation, Content } from '../../../lib/domain/annotations/annotation.ts';
import {
  changedAnnotation,
  newAnnotation,
  removedAnnotation,
  requireContent,
  requireMayChange,
  requireNewestVersion,
  requirePosition,
} from '../../../lib/domain/annotations/annotation-rules.ts';
import { MOST_POINTS } from '../../../lib/domain/annotations/geometry.ts';
import { Shape, StoredShape } from '../../../lib/domain/annotations/shape.ts';
import type { DomainError } from '../../../lib/domain/errors.ts';

const points = (count: number) => Array.from({ length: count }, (_value, index) => [index, index]);
const isShape = (kind: string, count: number, more: object = {}) =>
  Shape.safeParse({ kind, points: points(count), ...more }).success;
const content = (given: object = {}) => z.object(Content).parse({ text: 'x', ...given });
const doctor: Caller = { role: 'doctor', subject: 'd', name: 'Dana Doctor' };
const admin: Caller = { role: 'admin', subject: 'a', name: undefined };
const image = { place: 'image', of: 'i', pages: 3 } as const;
const batch = { place: 'batch', of: 'b' } as const;
const study = { place: 'study', of: '1.2' } as const;
const instance = { series: '1.2.3', instance: '1.2.3.4' };
const at = new Date('2026-11-29T10:00:00.000Z');
const later = new Date('2026-11-29T11:00:00.000Z');
const noted = (given: object = {}) => newAnnotation(image, {}, content(given), doctor, 'id', at);

/** The details of the error of a rule; undefined if there is none. */
function faultsOf(rule: () => void) {
  try {
    rule();
    return undefined;
  } catch (error) {
    return (error as DomainError).details;
  }
}

test.each<[string, number[], number[]]>([
  ['text', [1], [0, 2]],
  ['arrow', [2], [1, 3]],
  ['length', [2], [1, 3]],
  ['angle', [3], [2, 4]],
  ['ellipse', [4], [3, 5]],
  ['polygon', [3, MOST_POINTS], [2, MOST_POINTS + 1]],
  ['area', [3, MOST_POINTS], [2, MOST_POINTS + 1]],
  ['freehand', [2, MOST_POINTS], [1, MOST_POINTS + 1]],
])('A shape has as many points as its kind needs: %s', (kind, right, wrong) => {
  for (const count of right) expect(isShape(kind, count), String(count)).toBe(true);
  for (const count of wrong) expect(isShape(kind, count), String(count)).toBe(false);
});

test('A calibration has a known length, and no other kind does', () => {
  expect(isShape('calibration', 2)).toBe(false);
  expect(isShape('calibration', 2, { millimetres: 0 })).toBe(false);
  expect(isShape('calibration', 2, { millimetres: 50 })).toBe(true);
  expect(isShape('length', 2, { millimetres: 50 })).toBe(false);
});

test('Coordinates are bounded, finite, and kept to a hundredth of a pixel', () => {
  const arrow = (x: unknown) => Shape.safeParse({ kind: 'arrow', points: [[x, 0], points(1)[0]] });
  for (const x of [100_001, -100_001, Number.NaN, Number.POSITIVE_INFINITY, '1', null])
    expect(arrow(x).success, String(x)).toBe(false);
  expect(arrow(1.23456).data?.points[0]).toEqual([1.23, 0]);
  expect(arrow(-12).data?.points[0]).toEqual([-12, 0]);
});

test('A stored shape may have what only a later release knows', () => {
  const stored = {
    kind: 'arrow',
    points: [
      [0, 0],
      [1, 1],
    ],
    colour: 'red',
  };
  expect(StoredShape.safeParse(stored).success).toBe(true);
  expect(StoredShape.safeParse({ ...stored, kind: 'spiral' }).success).toBe(false);
});

test('A link is an https URL', () => {
  const isLink = (link: unknown) => z.object(Content).safeParse({ link }).success;
  expect(isLink('https://records.clinic.example/visits/4711')).toBe(true);
  for (const link of [
    'http://records.clinic.example',
    'javascript:alert(1)',
    'data:text/html,x',
    '/visits',
    '',
  ])
    expect(isLink(link), link).toBe(false);
});

test('A position is one that the image, batch or study has', () => {
  const faults = (...given: Parameters<typeof requirePosition>) =>
    faultsOf(() => requirePosition(...given))?.length ?? 0;
  expect(faults(image, {}, undefined)).toBe(0);
  expect(faults(image, { page: 3 }, undefined)).toBe(0);
  expect(faults(image, { page: 4 }, undefined)).toBe(1);
  expect(faults({ ...image, pages: undefined }, { page: 2 }, undefined)).toBe(1);
  expect(faults(image, instance, undefined)).toBe(1);
  expect(faults(batch, {}, undefined)).toBe(0);
  expect(faults(batch, { page: 1 }, undefined)).toBe(1);
  expect(faults(study, {}, undefined)).toBe(0);
  expect(faults(study, { ...instance, frame: 2 }, 2)).toBe(0);
  expect(faults(study, { ...instance, frame: 3 }, 2)).toBe(1);
  expect(faults(study, { instance: instance.instance }, 2)).toBe(1);
  expect(faults(study, { series: instance.series }, undefined)).toBe(1);
  expect(faults(study, { frame: 2 }, undefined)).toBe(1);
});

test('A content is one that its position allows', () => {
  const arrow = { kind: 'arrow', points: points(2) };
  const calibration = { kind: 'calibration', points: points(2), millimetres: 50 };
  const faults = (where: Parameters<typeof requireContent>[0], given: object) =>
    faultsOf(() => requireContent(where, content(given)))?.length ?? 0;
  expect(faults(image, { shape: arrow, text: '' })).toBe(0);
  expect(faults(image, { shape: calibration, text: '' })).toBe(0);
  expect(faults({ ...study, ...instance }, { shape: arrow, text: '' })).toBe(0);
  expect(faults({ ...study, ...instance }, { shape: calibration })).toBe(1);
  expect(faults(study, { shape: arrow })).toBe(1);
  expect(faults(batch, { shape: arrow })).toBe(1);
  expect(faults(batch, { text: ' \n' })).toBe(1);
  expect(faults(image, { shape: { kind: 'text', points: points(1) }, text: '' })).toBe(1);
  expect(faults(image, { text: 'Note' })).toBe(0);
});

test('A new annotation is on the first page or frame, and has its author', () => {
  const { page, frame, version, author, changedBy } = noted();
  expect({ page, frame, version, author, changedBy }).toEqual({
    ...{ page: 1, frame: undefined, version: 1 },
    ...{ author: { subject: 'd', name: 'Dana Doctor' }, changedBy: { subject: 'd', name: 'Dana Doctor' } },
  });
  expect(newAnnotation(study, instance, content(), doctor, 'id', at)).toMatchObject({
    ...instance,
    frame: 1,
  });
  expect(newAnnotation(study, {}, content(), doctor, 'id', at)).not.toHaveProperty('frame');
});

test('The versions of an annotation keep who made it and when, and say who changed and removed it', () => {
  const first = noted({ link: 'https://records.clinic.example/1' });
  const second = changedAnnotation(first, content({ text: 'y' }), admin, later);
  const last = removedAnnotation(second, doctor, later);
  const kept = ({ author, createdAt, page }: Annotation) => ({ author, createdAt, page });
  expect(kept(last)).toEqual(kept(first));
  expect(second).toMatchObject({
    version: 2,
    text: 'y',
    changedBy: { subject: 'a' },
    changedAt: later.toISOString(),
  });
  expect(second.link).toBeUndefined();
  expect(last).toMatchObject({ version: 3, text: 'y', isRemoved: true, changedBy: { subject: 'd' } });
});

test('Only the author and admins change an annotation, and only its newest version', () => {
  const mayChange = (caller: Caller) => faultsOf(() => requireMayChange(caller, noted())) === undefined;
  expect(mayChange(doctor)).toBe(true);
  expect(mayChange(admin)).toBe(true);
  expect(mayChange({ ...doctor, subject: 'other' })).toBe(false);
  expect(faultsOf(() => requireNewestVersion(noted(), 1))).toBeUndefined();
  expect(faultsOf(() => requireNewestVersion(noted(), 2))).toEqual([
    'version must be 1, the newest; received 2',
  ]);
});
