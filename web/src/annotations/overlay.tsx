import { useMemo } from 'react';
import { type Affine, transformed, type Vector } from '../../../lib/domain/images/affine.ts';
import type { Shape, ShapeKind } from './drawing.ts';
import { DrawingArea } from './drawing-area.tsx';
import { ShapeView } from './shape-view.tsx';

/** A shape with what is written beside it. */
export interface Mark {
  id: string;
  shape: Shape;
  label: string;
}

interface OverlayProps {
  /** From pixels of the original to CSS pixels of the stage. */
  transform: Affine;
  marks: readonly Mark[];
  chosenId: string | undefined;
  /** What the person draws now. */
  tool: ShapeKind | undefined;
  onDrawn: (kind: ShapeKind, points: Vector[]) => void;
  onCancel: () => void;
}

/** Shapes over a picture, and the place to draw another one. The list has what they say, for those who do not see them. */
export function Overlay({ transform, marks, chosenId, tool, onDrawn, onCancel }: OverlayProps) {
  const there = useMemo(() => (point: Vector) => transformed(transform, point), [transform]);
  return (
    <>
      <svg className="annotation-overlay" aria-hidden>
        {marks.map(({ id, shape, label }) => (
          <ShapeView key={id} shape={shape} there={there} label={label} isChosen={id === chosenId} />
        ))}
      </svg>
      {tool && (
        <DrawingArea key={tool} transform={transform} kind={tool} onDrawn={onDrawn} onCancel={onCancel} />
      )}
    </>
  );
}
