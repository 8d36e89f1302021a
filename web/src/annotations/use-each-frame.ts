import { useEffect, useRef, useState } from 'react';

/**
 * A value that is read before each frame that the browser draws, because zoom and pan move by CSS transitions, of which no event tells.
 *
 * @param read undefined while no picture is shown
 */
export function useEachFrame<T>(read: () => T | undefined, isNeeded: boolean): T | undefined {
  const [value, setValue] = useState<T>();
  const latest = useRef(read);
  latest.current = read;
  useEffect(() => {
    if (!isNeeded) return;
    let request = 0;
    let shown: string | undefined;
    const look = () => {
      const now = latest.current();
      const key = String(now);
      if (key !== shown) {
        shown = key;
        setValue(() => now);
      }
      request = requestAnimationFrame(look);
    };
    look();
    return () => cancelAnimationFrame(request);
  }, [isNeeded]);
  return isNeeded ? value : undefined;
}
