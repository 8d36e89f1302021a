import { useEffect } from 'react';
import type { Stage } from './stage.ts';

const PAN = 40;

/** The keys of the viewer, wherever the focus is but where keys mean something of their own. */
export function useStageKeys(
  stage: Stage | undefined,
  index: number,
  count: number,
  go: (index: number) => void,
): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!stage || event.altKey || event.ctrlKey || event.metaKey || isElsewhere(event.target)) return;
      const act = (event.shiftKey ? moves(stage) : steps(stage, index, count, go))[event.key];
      if (!act) return;
      act();
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [stage, index, count, go]);
}

type Actions = Record<string, () => void>;

const steps = (stage: Stage, index: number, count: number, go: (index: number) => void): Actions => ({
  ArrowUp: () => go(index - 1),
  ArrowLeft: () => go(index - 1),
  PageUp: () => go(index - 10),
  ArrowDown: () => go(index + 1),
  ArrowRight: () => go(index + 1),
  PageDown: () => go(index + 10),
  Home: () => go(0),
  End: () => go(count - 1),
  '+': () => stage.zoom(1.25),
  '-': () => stage.zoom(0.8),
  '0': () => stage.reset(),
  i: () => stage.invert(),
});

const moves = (stage: Stage): Actions => ({
  ArrowUp: () => stage.pan(0, -PAN),
  ArrowLeft: () => stage.pan(-PAN, 0),
  ArrowDown: () => stage.pan(0, PAN),
  ArrowRight: () => stage.pan(PAN, 0),
  '+': () => stage.zoom(1.25),
});

const isElsewhere = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input, select, textarea, [role=dialog], .metadata-rows, .exam-list') !== null;
