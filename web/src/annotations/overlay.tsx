import { type ReactNode, useMemo } from 'react';
import { type Affine, transformed, type Vector } from '../../../lib/domain/images/affine.ts';
import type { Shape } from './drawing.ts';
import { ShapeView, type Size } from './shape-view.tsx';
import './annotations.css';

/** A shape with what is written beside it. */
export interface Mark {
  id: string;
  shape: Shape;
  label: string;
  /** Where it was before the person moved it. */
  before?: Shape | undefined;
}

interface OverlayProps {
  /** From pixels of the original to CSS pixels of the stage, or to the units of `size`. */
  transform: Affine;
  /** The size of the picture in units of its own, if it fills its box. */
  size?: Size;
  marks: readonly Mark[];
  chosenId?: string | undefined;
  /** Called when a person presses a shape. */
  onPress?: ((id: string) => void) | undefined;
  /** What lies above: the place to draw another shape, or what the chosen one is moved by. */
  children?: ReactNode;
}

/** Shapes over a picture. The list has what they say, for those who do not see them. */
export function Overlay({ transform, size, marks, chosenId, onPress, children }: OverlayProps) {
  const there = useMemo(() => (point: Vector) => transformed(transform, point), [transform]);
  return (
    <>
      <svg
        className="annotation-overlay"
        aria-hidden
        viewBox={size && `0 0 ${size.width} ${size.height}`}
        preserveAspectRatio="none"
      >
        {marks.map(
          ({ id, before }) =>
            before && <ShapeView key={id} shape={before} there={there} label="" isChosen={false} isBefore />,
        )}
        {marks.map(({ id, shape, label }) => (
          <ShapeView
            key={id}
            shape={shape}
            there={there}
            label={label}
            within={size}
            isChosen={id === chosenId}
            onPress={onPress && (() => onPress(id))}
          />
        ))}
      </svg>
      {children}
    </>
  );
}
