import { type RefObject, useEffect, useRef } from 'react';
import { WheelSteps } from './wheel-steps.ts';

/**
 * The wheel scrolls through the series; with Ctrl, or a pinch on a trackpad, it zooms.
 *
 * @param area the element that hears the wheel, also while the image is loading and hidden
 * @param stage the viewport; undefined if there is no frame to scroll from
 */
export function useWheel(
  area: RefObject<HTMLDivElement | null>,
  stage: { zoom: (factor: number) => void } | undefined,
  onSteps: (steps: number) => void,
) {
  const act = useRef(onSteps);
  act.current = onSteps;
  useEffect(() => {
    const element = area.current;
    if (!element || !stage) return;
    const wheel = new WheelSteps();
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      if (event.ctrlKey) {
        stage.zoom(Math.exp(-event.deltaY / 200));
        return;
      }
      const steps = wheel.take(event);
      if (steps !== 0) act.current(steps);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [area, stage]);
}
