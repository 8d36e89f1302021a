import { useEffect } from 'react';
import type { DicomViewport } from './dicom-viewport.ts';

const PAN = 40;

/**
 * The keyboard shortcuts of the viewer, wherever the focus is, except in elements that use the keys themselves.
 *
 * @param stage the viewport; undefined while it is hidden
 */
export function useViewportKeys(
  stage: DicomViewport | undefined,
  index: number,
  count: number,
  go: (index: number) => void,
): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey || isElsewhere(event.target)) return;
      const actions = { ...(event.shiftKey ? {} : steps(index, count, go)), ...looks(stage, event.shiftKey) };
      const act = actions[event.key];
      if (!act) return;
      act();
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [stage, index, count, go]);
}

type Actions = Record<string, () => void>;

const steps = (index: number, count: number, go: (index: number) => void): Actions => ({
  ArrowUp: () => go(index - 1),
  ArrowLeft: () => go(index - 1),
  PageUp: () => go(index - 10),
  ArrowDown: () => go(index + 1),
  ArrowRight: () => go(index + 1),
  PageDown: () => go(index + 10),
  Home: () => go(0),
  End: () => go(count - 1),
});

function looks(stage: DicomViewport | undefined, isMoving: boolean): Actions {
  if (!stage) return {};
  // On many keyboards this character needs Shift.
  const closer = { '+': () => stage.zoom(1.25) };
  if (!isMoving)
    return { ...closer, '-': () => stage.zoom(0.8), '0': () => stage.reset(), i: () => stage.invert() };
  return {
    ...closer,
    ArrowUp: () => stage.pan(0, -PAN),
    ArrowLeft: () => stage.pan(-PAN, 0),
    ArrowDown: () => stage.pan(0, PAN),
    ArrowRight: () => stage.pan(PAN, 0),
  };
}

const isElsewhere = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input, select, textarea, [role=dialog], .metadata-rows, .exam-list') !== null;
