import { type FocusEvent, type KeyboardEvent, type PointerEvent, useEffect, useRef } from 'react';
import { type Affine, inverse, transformed, type Vector } from '../../../../lib/domain/images/affine.ts';
import { text } from '../../messages/text.ts';
import { ARROW_KEYS } from '../../parts/arrow-keys.ts';
import { useShortcuts } from '../../shortcuts/use-shortcuts.ts';
import type { Shape } from '../drawing.ts';
import { pathOf } from '../shape-view.tsx';
import { movablePoints, movedShape, settledShape, type Target } from './moved-shape.ts';

interface HandlesProps {
  /** From pixels of the original to CSS pixels of the stage. */
  transform: Affine;
  shape: Shape;
  /** What the shape is called. */
  title: string;
  onMove: (shape: Shape) => void;
  /** The person has finished a movement. */
  onFinish: (settle: (shape: Shape) => Shape) => void;
  /** The shape goes back to where it was. */
  onCancel: () => void;
}

/** CSS pixels by which an arrow key moves, and with Shift. */
const STEP = 1;
const LONG_STEP = 10;

/** What a shape is moved by: each of its points, and all of it; by a pointer, or by the arrow keys. */
export function Handles({ transform, shape, title, onMove, onFinish, onCancel }: HandlesProps) {
  const buttons = useRef(new Map<Target, HTMLButtonElement>());
  const drag = useRef<{ target: Target; at: Vector; from: Shape }>(undefined);
  const there = (point: Vector) => transformed(transform, point);
  const back = (place: Vector) => transformed(inverse(transform) ?? transform, place);
  const finish = () => onFinish((moved) => settledShape(moved, there));
  const latest = useRef(finish);
  latest.current = finish;
  // Another picture may come while arrow keys are moving the shape.
  useEffect(() => () => latest.current(), []);
  useShortcuts({
    'move-shape': 'listed',
    'move-shape-far': 'listed',
    'save-shape': 'listed',
    'cancel-shape': 'listed',
  });

  const press = (target: Target) => (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    buttons.current.get(target)?.focus({ preventScroll: true });
    drag.current = { target, at: [event.clientX, event.clientY], from: shape };
  };
  const follow = ({ clientX, clientY }: PointerEvent) => {
    if (!drag.current) return;
    const { target, at, from } = drag.current;
    onMove(movedShape(from, target, [clientX - at[0], clientY - at[1]], { there, back }));
  };
  const release = () => {
    if (drag.current) finish();
    drag.current = undefined;
  };
  const cancel = () => {
    drag.current = undefined;
    onCancel();
  };
  const onKey = (target: Target) => (event: KeyboardEvent) => {
    const direction = ARROW_KEYS[event.key];
    if (direction) {
      const step = event.shiftKey ? LONG_STEP : STEP;
      onMove(movedShape(shape, target, [direction[0] * step, direction[1] * step], { there, back }));
    } else if (event.key === 'Enter') finish();
    else if (event.key === 'Escape') cancel();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onBlur = ({ currentTarget, relatedTarget }: FocusEvent) => {
    if (!currentTarget.contains(relatedTarget)) finish();
  };
  const byPointer = (target: Target) => ({
    onPointerDown: press(target),
    onPointerMove: follow,
    onPointerUp: release,
    onPointerCancel: cancel,
  });
  const handle = (target: Target, [left, top]: Vector, label: string) => (
    <button
      key={target}
      ref={(button) => {
        if (button) buttons.current.set(target, button);
        return () => void buttons.current.delete(target);
      }}
      type="button"
      className={`shape-handle ${target === 'whole' ? 'whole' : ''}`}
      style={{ left, top }}
      aria-label={label}
      title={text('annotations.move-hint')}
      {...byPointer(target)}
      onKeyDown={onKey(target)}
    />
  );
  const points = movablePoints(shape);
  const isPoint = shape.points.length === 1;
  return (
    <fieldset className="shape-handles" aria-label={title} onBlur={onBlur}>
      <svg className="annotation-overlay" aria-hidden>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the handle of the whole does the same */}
        <path
          className="mark-grip"
          d={pathOf(shape, there)}
          {...byPointer('whole')}
          // The handle of the whole has the focus then.
          onMouseDown={(event) => event.preventDefault()}
        />
      </svg>
      {!isPoint && handle('whole', middleOf(shape.points.map(there)), text('annotations.move-whole'))}
      {points.map((point, index) =>
        handle(
          index,
          there(point),
          isPoint ? text('annotations.move-whole') : text('annotations.move-point', { number: index + 1 }),
        ),
      )}
    </fieldset>
  );
}

/** The middle of the box around places. */
function middleOf(places: readonly Vector[]): Vector {
  const middle = (values: readonly number[]) => (Math.min(...values) + Math.max(...values)) / 2;
  return [middle(places.map(([x]) => x)), middle(places.map(([, y]) => y))];
}
