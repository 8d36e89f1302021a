import { type PointerEvent, useRef } from 'react';
import type { Selection } from './use-selection.ts';

/** A press that moves less is a click; pixels. */
const THRESHOLD = 6;
/** How near the edge of the list it scrolls, and how far at a time; pixels. */
const EDGE = 48;
const STEP = 18;
const STEP_MS = 30;

/**
 * Selects all tiles from the one where the button was pressed to the one where it is now. The press is on a checkbox, or
 * anywhere on a tile if tiles cannot be dragged themselves.
 */
export function useDragSelect(selection: Pick<Selection, 'places' | 'has' | 'paint'>, isOnTiles = false) {
  const isDragging = useRef(false);
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    isDragging.current = false;
    const grid = event.currentTarget;
    const start = tileAt(event.target);
    const isStart =
      event.target instanceof Element &&
      (event.target.closest('.tile-check') !== null ||
        (isOnTiles && event.pointerType === 'mouse' && event.target.closest('.tile-picture') !== null));
    if (!isStart || event.button !== 0 || event.shiftKey || start === undefined) return;
    isDragging.current = true;
    // A finger keeps the events at the element that it touched first.
    if (event.target instanceof Element) event.target.releasePointerCapture(event.pointerId);
    const { places: base, has, paint } = selection;
    const isSelected = !has(start);
    const from = { x: event.clientX, y: event.clientY };
    let at = from;
    let painted: string | undefined;
    const update = () => {
      const over = tileAt(document.elementFromPoint(at.x, at.y));
      if (over === undefined || over === painted || (painted === undefined && over === start)) return;
      painted = over;
      paint(base, start, over, isSelected);
    };
    const scroller = grid.closest('.scroller');
    const scrolling = setInterval(() => {
      if (!scroller || Math.hypot(at.x - from.x, at.y - from.y) < THRESHOLD) return;
      const { top, bottom } = scroller.getBoundingClientRect();
      const step = at.y > bottom - EDGE ? STEP : at.y < top + EDGE ? -STEP : 0;
      if (step === 0) return;
      scroller.scrollTop += step;
      update();
    }, STEP_MS);
    const onMove = (moved: globalThis.PointerEvent) => {
      at = { x: moved.clientX, y: moved.clientY };
      if (Math.hypot(at.x - from.x, at.y - from.y) >= THRESHOLD) update();
    };
    const ending = new AbortController();
    const end = () => {
      clearInterval(scrolling);
      ending.abort();
      isDragging.current = false;
    };
    const { signal } = ending;
    document.addEventListener('pointermove', onMove, { signal });
    document.addEventListener('pointerup', end, { signal });
    document.addEventListener('pointercancel', end, { signal });
  };
  return { onPointerDown, isDragging };
}

const tileAt = (target: EventTarget | null): string | undefined =>
  target instanceof Element ? target.closest<HTMLElement>('.tile')?.dataset.id : undefined;
