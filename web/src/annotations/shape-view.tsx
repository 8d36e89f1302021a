import { ellipseOf, onEllipse } from '../../../lib/domain/annotations/geometry.ts';
import type { Vector } from '../../../lib/domain/images/affine.ts';
import type { Shape } from './drawing.ts';
import { movablePoints } from './reshape/moved-shape.ts';

/** The size of a picture. */
export interface Size {
  width: number;
  height: number;
}

interface ShapeViewProps {
  shape: Shape;
  there: (point: Vector) => Vector;
  /** What is written beside it. */
  label: string;
  isChosen: boolean;
  /** Drawn with a dashed line: as it was before it was moved. */
  isBefore?: boolean;
  /** The label stays within this size. */
  within?: Size | undefined;
  /** Called when a person presses it. */
  onPress?: (() => void) | undefined;
}

/** A shape as it is drawn over a picture. Lines and letters have the same size at any zoom. */
export function ShapeView({
  shape,
  there,
  label,
  isChosen,
  isBefore = false,
  within,
  onPress,
}: ShapeViewProps) {
  const path = pathOf(shape, there);
  return (
    <g
      className={['mark', isChosen && 'chosen', isBefore && 'before', onPress && 'pressable']
        .filter(Boolean)
        .join(' ')}
      data-kind={shape.kind}
      onPointerDown={onPress}
    >
      {path && (
        <>
          <path className="mark-edge" d={path} />
          <path className="mark-line" d={path} />
          {onPress && <path className="mark-grip" d={path} />}
        </>
      )}
      {(isChosen || shape.kind === 'text') &&
        movablePoints(shape)
          .map(there)
          .map(([handleX, handleY]) => (
            <circle
              key={`${handleX} ${handleY}`}
              className="mark-handle"
              cx={handleX}
              cy={handleY}
              r={isChosen ? 5 : 3}
            />
          ))}
      <text {...labelPlace(shape, label, there, within)}>{label}</text>
    </g>
  );
}

const LABEL_GAP = 8;
/** The height of the letters and a little more, and the width of most of them. */
const LETTERS = { height: 16, width: 7.5 };
/** The length of an arrow's head and the half of its width, in CSS pixels. */
const HEAD = { length: 14, half: 6 };

const through = (points: readonly Vector[], isClosed = false): string =>
  points.length === 0
    ? ''
    : `M${points.map(([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`).join('L')}${isClosed ? 'Z' : ''}`;

/** The lines of a shape, as an SVG path. */
export function pathOf({ kind, points }: Shape, there: (point: Vector) => Vector): string {
  const shown = points.map(there);
  const [from, to] = shown;
  switch (kind) {
    case 'text':
      return '';
    case 'arrow':
      return from && to ? through(shown) + headOf(from, to) : '';
    case 'length':
    case 'calibration':
      return from && to ? through(shown) + endOf(from, to) + endOf(to, from) : through(shown);
    case 'ellipse': {
      const ellipse = ellipseOf(points);
      return ellipse ? through(onEllipse(ellipse).map(there), true) : '';
    }
    case 'polygon':
    case 'area':
      return through(shown, true);
    default:
      return through(shown);
  }
}

/** The unit vector along a line. */
function along([ax, ay]: Vector, [bx, by]: Vector): Vector {
  const length = Math.hypot(bx - ax, by - ay) || 1;
  return [(bx - ax) / length, (by - ay) / length];
}

function headOf(from: Vector, to: Vector): string {
  const [dx, dy] = along(from, to);
  const base: Vector = [to[0] - dx * HEAD.length, to[1] - dy * HEAD.length];
  return through([
    [base[0] - dy * HEAD.half, base[1] + dx * HEAD.half],
    to,
    [base[0] + dy * HEAD.half, base[1] - dx * HEAD.half],
  ]);
}

/** A short line across the end of a measured one. */
function endOf(end: Vector, other: Vector): string {
  const [dx, dy] = along(end, other);
  return through([
    [end[0] - dy * HEAD.half, end[1] + dx * HEAD.half],
    [end[0] + dy * HEAD.half, end[1] - dx * HEAD.half],
  ]);
}

/** Beside the point of a shape that is farthest to the right. */
function labelPlace(
  { points }: Shape,
  label: string,
  there: (point: Vector) => Vector,
  within: Size | undefined,
) {
  const [right, above] = points
    .map(there)
    .reduce<Vector>((most, each) => (each[0] > most[0] ? each : most), [Number.NEGATIVE_INFINITY, 0]);
  const [x, y] = [right + LABEL_GAP, above - LABEL_GAP];
  if (!within) return { x, y };
  const lowest = within.height - LABEL_GAP;
  return {
    // Where it has no room to the right, it ends there.
    ...(x + label.length * LETTERS.width > within.width
      ? { x: Math.min(right, within.width) - LABEL_GAP, textAnchor: 'end' as const }
      : { x: Math.max(x, LABEL_GAP) }),
    y: Math.min(Math.max(y, LETTERS.height), lowest),
  };
}
