import { useEffect, useRef, useState } from 'react';
import type { Affine } from '../../../lib/domain/images/affine.ts';

/**
 * Follows where a picture is drawn: from pixels of the original to CSS pixels of the stage.
 *
 * It is read before each frame that the browser draws, because zoom and pan move by CSS transitions, of which no event tells.
 *
 * @param read undefined while no picture is shown
 */
export function useTransform(read: () => Affine | undefined, isNeeded: boolean): Affine | undefined {
  const [transform, setTransform] = useState<Affine>();
  const latest = useRef(read);
  latest.current = read;
  useEffect(() => {
    if (!isNeeded) return;
    let request = 0;
    let shown: string | undefined;
    const look = () => {
      const now = latest.current();
      const key = now?.join();
      if (key !== shown) {
        shown = key;
        setTransform(now);
      }
      request = requestAnimationFrame(look);
    };
    look();
    return () => cancelAnimationFrame(request);
  }, [isNeeded]);
  return isNeeded ? transform : undefined;
}
