import { describe, expect, test } from 'vitest';
import { WheelSteps, type WheelTurn } from '../../../web/src/dicom-viewer/reading/wheel-steps.ts';

/** The steps of all events together. */
function stepsOf(events: readonly WheelTurn[]): number {
  const wheel = new WheelSteps();
  return events.reduce((sum, event) => sum + wheel.take(event), 0);
}
const times = (count: number, event: WheelTurn) => Array.from({ length: count }, () => event);

describe('A hundred notches are a hundred steps', () => {
  test.each<[string, WheelTurn]>([
    ['of 100 pixels', { deltaY: 100, deltaMode: 0 }],
    ['of 120 pixels', { deltaY: 120, deltaMode: 0 }],
    ['of Chrome on Windows', { deltaY: 100, deltaMode: 0, wheelDeltaY: -120 }],
    ['of Chrome on Linux', { deltaY: 120, deltaMode: 0, wheelDeltaY: -120 }],
    ['of a page that is zoomed to 150 %', { deltaY: 66.67, deltaMode: 0, wheelDeltaY: -120 }],
    ['of three lines', { deltaY: 3, deltaMode: 1 }],
    ['of a page each', { deltaY: 1, deltaMode: 2 }],
  ])('%s', (_name, notch) => {
    expect(stepsOf(times(100, notch))).toBe(100);
    expect(
      stepsOf(times(100, { ...notch, deltaY: -notch.deltaY, wheelDeltaY: -(notch.wheelDeltaY ?? 0) })),
    ).toBe(-100);
  });

  test.each<[string, WheelTurn]>([
    ['by pixels', { deltaY: 400, deltaMode: 0 }],
    ['by the older delta', { deltaY: 480, deltaMode: 0, wheelDeltaY: -480 }],
    ['by lines', { deltaY: 12, deltaMode: 1 }],
  ])('also if each event holds four of them: %s', (_name, event) => {
    expect(stepsOf(times(25, event))).toBe(100);
  });
});

test('A trackpad makes a step for each stretch of its many small events, and loses no part of one', () => {
  const small = { deltaY: 1.5, deltaMode: 0, wheelDeltaY: -4 };
  expect(stepsOf(times(10, small))).toBe(0);
  expect(stepsOf(times(800, small))).toBe(30);
});

test('Whoever turns back is followed at once', () => {
  const wheel = new WheelSteps();
  expect(wheel.take({ deltaY: 39, deltaMode: 0 })).toBe(0);
  expect(wheel.take({ deltaY: -40, deltaMode: 0 })).toBe(-1);
});

test('A horizontal turn is no step', () => {
  expect(stepsOf(times(10, { deltaY: 0, deltaMode: 0, wheelDeltaY: 0 }))).toBe(0);
});
