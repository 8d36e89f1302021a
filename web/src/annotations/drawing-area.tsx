import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import type { Affine, Vector } from '../../../lib/domain/images/affine.ts';
import { text } from '../messages/text.ts';
import { ARROW_KEYS } from '../parts/arrow-keys.ts';
import { isDragged, type ShapeKind } from './drawing.ts';
import { ShapeView } from './shape-view.tsx';
import { apart, useDrawing } from './use-drawing.ts';

interface DrawingAreaProps {
  /** From pixels of the original to CSS pixels of the stage. */
  transform: Affine;
  kind: ShapeKind;
  onDrawn: (kind: ShapeKind, points: Vector[]) => void;
  onCancel: () => void;
}

/** CSS pixels from which a movement is a drag. */
const DRAG = 4;

/** Where a person draws a shape: by clicks, by a drag, or by the arrow keys and Enter. */
export function DrawingArea({ transform, kind, onDrawn, onCancel }: DrawingAreaProps) {
  const area = useRef<HTMLDivElement>(null);
  const drawing = useDrawing(kind, transform, onDrawn);
  const [hover, setHover] = useState<Vector>();
  /** Where the cross is that the arrow keys move. */
  const [cross, setCross] = useState<Vector>();
  const pressed = useRef<{ at: Vector; isDone: boolean }>(undefined);
  useEffect(() => area.current?.focus({ preventScroll: true }), []);

  const press = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = placeOf(event);
    setCross(undefined);
    pressed.current = { at, isDone: drawing.add(at) };
  };
  const move = (event: PointerEvent<HTMLDivElement>) => {
    setHover(placeOf(event));
    if (kind === 'freehand' && pressed.current) drawing.follow(placeOf(event));
  };
  const release = (event: PointerEvent<HTMLDivElement>) => {
    const before = pressed.current;
    pressed.current = undefined;
    if (!before) return;
    const isDrag = apart(before.at, placeOf(event)) >= DRAG;
    // Only now: while the button is down, the browser would take the focus from the field that comes next.
    if (before.isDone || (isDrag && kind === 'freehand')) drawing.finish();
    else if (isDrag && isDragged(kind) && drawing.add(placeOf(event))) drawing.finish();
  };
  const onKey = (event: KeyboardEvent<HTMLDivElement>) => {
    const { key, shiftKey, currentTarget } = event;
    const at = cross ?? middleOf(currentTarget);
    const step = ARROW_KEYS[key];
    if (step) {
      const by = shiftKey ? 1 : KEY_STEP;
      const moved: Vector = [at[0] + step[0] * by, at[1] + step[1] * by];
      setCross(moved);
      setHover(moved);
    } else if (key === 'Enter') {
      if (drawing.add(at)) drawing.finish();
    } else if (key === 'Escape') {
      if (drawing.points.length > 0) drawing.reset();
      else onCancel();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={area}
      role="application"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move its cross
      tabIndex={0}
      aria-label={text('annotations.drawing-area')}
      className="annotation-area"
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={release}
      onKeyDown={onKey}
      onFocus={({ currentTarget }) =>
        currentTarget.matches(':focus-visible') && setCross(middleOf(currentTarget))
      }
    >
      <svg className="annotation-overlay" aria-hidden>
        {drawing.points.length > 0 && (
          <ShapeView
            shape={{ kind, points: asPairs(drawing.shapeWith(hover)) }}
            there={drawing.there}
            label=""
            isChosen
          />
        )}
        {cross && (
          <path
            className="annotation-cross"
            d={`M${cross[0] - 12} ${cross[1]}h24M${cross[0]} ${cross[1] - 12}v24`}
          />
        )}
      </svg>
    </div>
  );
}

/** CSS pixels by which an arrow key moves the cross; with Shift by one. */
const KEY_STEP = 10;

const placeOf = ({ clientX, clientY, currentTarget }: PointerEvent<HTMLDivElement>): Vector => {
  const { left, top } = currentTarget.getBoundingClientRect();
  return [clientX - left, clientY - top];
};

const asPairs = (points: readonly Vector[]) => points.map(([x, y]): [number, number] => [x, y]);

const middleOf = (area: Element): Vector => {
  const { width, height } = area.getBoundingClientRect();
  return [width / 2, height / 2];
};
