import { type KeyboardEvent, type MouseEvent, type PointerEvent, useRef } from 'react';
import { text } from '../messages/text.ts';
import { ARROW_KEYS } from '../parts/arrow-keys.ts';
import type { Point, TwoPoints } from './alignment.ts';

interface PointMarksProps {
  name: string;
  /** In parts of the width and of the height. */
  points: TwoPoints;
  onMove: (points: TwoPoints) => void;
}

/** Where the marks are at first. */
export const FIRST_MARKS: TwoPoints = [
  { x: 1 / 3, y: 1 / 2 },
  { x: 2 / 3, y: 1 / 2 },
];

/** How far an arrow key moves a mark, and with Shift; parts of the width and of the height. */
const STEP = 0.005;
const LONG_STEP = 0.05;
/** A press that moves farther pans the image; pixels. */
const THRESHOLD = 4;

/** Two marks on an image: a click moves the first one, the next click the second one; arrow keys move the one that has the focus. */
export function PointMarks({ name, points, onMove }: PointMarksProps) {
  const next = useRef<0 | 1>(0);
  const pressed = useRef<Point>({ x: 0, y: 0 });
  const marks = useRef<(HTMLButtonElement | null)[]>([]);
  const move = (index: 0 | 1, { x, y }: Point) => {
    const point = { x: within(x), y: within(y) };
    onMove(index === 0 ? [point, points[1]] : [points[0], point]);
  };
  // In the capture phase: what pans the image lets nothing through after it.
  const onPointerDownCapture = ({ clientX: x, clientY: y }: PointerEvent) => {
    pressed.current = { x, y };
  };
  const onClick = ({ currentTarget, clientX, clientY }: MouseEvent<HTMLElement>) => {
    if (Math.hypot(clientX - pressed.current.x, clientY - pressed.current.y) > THRESHOLD) return;
    const { left, top, width, height } = currentTarget.getBoundingClientRect();
    const index = next.current;
    move(index, { x: (clientX - left) / width, y: (clientY - top) / height });
    marks.current[index]?.focus();
    next.current = index === 0 ? 1 : 0;
  };
  const onKeyDown = (index: 0 | 1) => (event: KeyboardEvent) => {
    const direction = ARROW_KEYS[event.key];
    if (!direction) return;
    event.preventDefault();
    const step = event.shiftKey ? LONG_STEP : STEP;
    const { x, y } = points[index];
    move(index, { x: x + step * direction[0], y: y + step * direction[1] });
  };
  return (
    <>
      <button
        type="button"
        className="compare-points"
        tabIndex={-1}
        aria-label={text('compare.place-points', { name })}
        {...{ onPointerDownCapture, onClick }}
      />
      {([0, 1] as const).map((index) => (
        <button
          key={index}
          ref={(mark) => {
            marks.current[index] = mark;
          }}
          type="button"
          className="compare-point panzoom-exclude"
          style={{ left: `${100 * points[index].x}%`, top: `${100 * points[index].y}%` }}
          aria-label={text('compare.point', { number: index + 1, name })}
          onKeyDown={onKeyDown(index)}
        >
          {index + 1}
        </button>
      ))}
    </>
  );
}

const within = (part: number): number => Math.min(1, Math.max(0, part));
