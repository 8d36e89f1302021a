import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { type Affine, inverse, transformed, type Vector } from '../../../lib/domain/images/affine.ts';
import { text } from '../messages/text.ts';
import { addPoint, type Drawing, follow, isDragged, isEnough, pointsOf, type ShapeKind } from './drawing.ts';
import { ShapeView } from './shape-view.tsx';

interface DrawingAreaProps {
  /** From pixels of the original to CSS pixels of the stage. */
  transform: Affine;
  kind: ShapeKind;
  onDrawn: (kind: ShapeKind, points: Vector[]) => void;
  onCancel: () => void;
}

/** CSS pixels within which two points are one, from which a movement is a drag, and between the points of a line drawn by hand. */
const SAME = 8;
const DRAG = 4;
const APART = 2;

/** Where a person draws a shape: by clicks, by a drag, or by the arrow keys and Enter. */
export function DrawingArea({ transform, kind, onDrawn, onCancel }: DrawingAreaProps) {
  const area = useRef<HTMLDivElement>(null);
  const [drawing, setShown] = useState<Drawing>({ kind, points: [] });
  // Several movements of a pointer may come before the next render.
  const current = useRef(drawing);
  const setDrawing = (next: Drawing) => {
    current.current = next;
    setShown(next);
  };
  useEffect(() => area.current?.focus({ preventScroll: true }), []);
  const [hover, setHover] = useState<Vector>();
  /** Where the cross is that the arrow keys move, in CSS pixels of the stage. */
  const [cross, setCross] = useState<Vector>();
  const pressed = useRef<{ at: Vector; isDone: boolean }>(undefined);
  const there = (point: Vector) => transformed(transform, point);
  const back = (point: Vector) => transformed(inverse(transform) ?? transform, point);
  const isAt = (one: Vector, other: Vector) => apart(there(one), there(other)) <= SAME;
  const finish = () => onDrawn(kind, pointsOf(current.current, { there, back }));
  const add = (at: Vector) => {
    const { drawing: next, isDone } = addPoint(current.current, back(at), isAt);
    setDrawing(next);
    return isDone;
  };
  const placeOf = ({ clientX, clientY }: { clientX: number; clientY: number }): Vector => {
    const { left = 0, top = 0 } = area.current?.getBoundingClientRect() ?? {};
    return [clientX - left, clientY - top];
  };
  const press = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = placeOf(event);
    setCross(undefined);
    pressed.current = { at, isDone: add(at) };
  };
  const move = (event: PointerEvent<HTMLDivElement>) => {
    const at = placeOf(event);
    setHover(back(at));
    const last = current.current.points.at(-1);
    if (kind === 'freehand' && pressed.current && last && apart(there(last), at) >= APART)
      setDrawing(follow(current.current, back(at)));
  };
  const release = (event: PointerEvent<HTMLDivElement>) => {
    const before = pressed.current;
    pressed.current = undefined;
    if (!before) return;
    const at = placeOf(event);
    const isDrag = apart(before.at, at) >= DRAG;
    // Only now: while the button is down, the browser would take the focus from the field that comes next.
    if (before.isDone) finish();
    else if (isDrag && kind === 'freehand') {
      if (isEnough(current.current)) finish();
    } else if (isDrag && isDragged(kind) && add(at)) finish();
  };
  const onKey = (event: KeyboardEvent<HTMLDivElement>) => {
    const box = area.current?.getBoundingClientRect();
    const at = cross ?? [(box?.width ?? 0) / 2, (box?.height ?? 0) / 2];
    const step = STEPS[event.key];
    const isKnown = step !== undefined || event.key === 'Enter' || event.key === 'Escape';
    if (!isKnown) return;
    event.preventDefault();
    event.stopPropagation();
    if (step) {
      const by = event.shiftKey ? 1 : KEY_STEP;
      const moved: Vector = [at[0] + step[0] * by, at[1] + step[1] * by];
      setCross(moved);
      setHover(back(moved));
    } else if (event.key === 'Enter') {
      if (add(at)) finish();
    } else if (drawing.points.length > 0) setDrawing({ kind, points: [] });
    else onCancel();
  };
  const { points } = drawing;
  const next = hover && points.length > 0 && kind !== 'freehand' ? [...points, hover] : points;
  const shown = pointsOf({ kind, points: next }, { there, back });
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
        {points.length > 0 && (
          <ShapeView shape={{ kind, points: asPairs(shown) }} there={there} label="" isChosen />
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
const STEPS: Readonly<Record<string, Vector>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const apart = ([ax, ay]: Vector, [bx, by]: Vector) => Math.hypot(bx - ax, by - ay);

const asPairs = (points: readonly Vector[]) => points.map(([x, y]): [number, number] => [x, y]);

const middleOf = (area: Element): Vector => {
  const { width, height } = area.getBoundingClientRect();
  return [width / 2, height / 2];
};
