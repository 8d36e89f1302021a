import { useEffect, useRef, useState } from 'react';
import { type Affine, inverse, transformed } from '../../../lib/domain/images/affine.ts';
import type { FrameValues } from './frame-values.ts';

interface PointerValueProps {
  stage: HTMLElement;
  readTransform: () => Affine | undefined;
  values: FrameValues;
}

/** The value of the pixel under the pointer. */
export function PointerValue({ stage, readTransform, values }: PointerValueProps) {
  const [words, setWords] = useState<string>();
  const latest = useRef({ readTransform, values });
  latest.current = { readTransform, values };
  useEffect(() => {
    const look = ({ clientX, clientY }: PointerEvent) => {
      const { readTransform, values } = latest.current;
      const transform = readTransform();
      const back = transform && inverse(transform);
      const { left, top } = stage.getBoundingClientRect();
      setWords(back && values.at(...transformed(back, [clientX - left, clientY - top])));
    };
    const leave = () => setWords(undefined);
    stage.addEventListener('pointermove', look);
    stage.addEventListener('pointerleave', leave);
    return () => {
      stage.removeEventListener('pointermove', look);
      stage.removeEventListener('pointerleave', leave);
    };
  }, [stage]);
  return <span className="pointer-value quiet">{words}</span>;
}
