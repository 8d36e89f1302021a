import { useRef, useState } from 'react';
import type { Annotation } from '../../api/types.ts';
import type { Shape } from '../drawing.ts';

interface Moving {
  /** As it was when the person began: a change by somebody else meanwhile is not overwritten. */
  annotation: Annotation;
  shape: Shape;
}

/** The shape that the person is moving, before it is stored. */
export function useMoving(onMoved: (annotation: Annotation, shape: Shape) => void) {
  const [moving, setShown] = useState<Moving>();
  // Several movements of a pointer, and its release, may come before the next render.
  const latest = useRef(moving);
  const set = (next: Moving | undefined) => {
    latest.current = next;
    setShown(next);
  };
  return {
    moving,
    move: (annotation: Annotation, shape: Shape) => {
      const before = latest.current?.annotation;
      set({ annotation: before?.id === annotation.id ? before : annotation, shape });
    },
    /** @param settle makes of the moved shape the one that is stored */
    finish: (settle: (shape: Shape) => Shape) => {
      const { current } = latest;
      if (!current) return;
      set(undefined);
      onMoved(current.annotation, settle(current.shape));
    },
    /** Whether something was moved. */
    cancel: (): boolean => {
      const wasMoving = latest.current !== undefined;
      set(undefined);
      return wasMoving;
    },
  };
}
