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
  count: number,
  go: (index: number) => void,
  step: (by: number) => void,
): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey || isElsewhere(event.target)) return;
      const actions = { ...(event.shiftKey ? {} : steps(count, go, step)), ...looks(stage, event.shiftKey) };
      const act = actions[event.key];
      if (!act) return;
      act();
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [stage, count, go, step]);
}

type Actions = Record<string, () => void>;

const steps = (count: number, go: (index: number) => void, step: (by: number) => void): Actions => ({
  ArrowUp: () => step(-1),
  ArrowLeft: () => step(-1),
  PageUp: () => step(-10),
  ArrowDown: () => step(1),
  ArrowRight: () => step(1),
  PageDown: () => step(10),
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
