import { type Actions, useShortcuts } from '../shortcuts/use-shortcuts.ts';
import type { DicomViewport } from './dicom-viewport.ts';

/** How far a key moves the image; pixels of the screen. */
const PAN = 40;

/** How the viewer goes through the images. */
interface Reading {
  count: number;
  go: (index: number) => void;
  step: (by: number) => void;
  /** Undefined where there is nothing to play. */
  toggleCine: (() => void) | undefined;
}

/**
 * The keyboard shortcuts of the viewer, wherever the focus is, except in elements that use the keys themselves.
 *
 * @param stage the viewport; undefined while it is hidden
 * @param reading undefined while keys are for another viewport
 */
export function useViewportKeys(stage: DicomViewport | undefined, reading: Reading | undefined): void {
  useShortcuts(reading ? { ...readingActions(reading), ...(stage && stageActions(stage)) } : {}, isElsewhere);
}

const readingActions = ({ count, go, step, toggleCine }: Reading): Actions => ({
  'previous-frame': () => step(-1),
  'next-frame': () => step(1),
  'ten-frames-back': () => step(-10),
  'ten-frames-on': () => step(10),
  'first-frame': () => go(0),
  'last-frame': () => go(count - 1),
  cine: toggleCine,
});

const stageActions = (stage: DicomViewport): Actions => ({
  'zoom-in': () => stage.zoom(1.25),
  'zoom-out': () => stage.zoom(0.8),
  fit: () => stage.reset(),
  invert: () => stage.invert(),
  turn: () => stage.turn(),
  flip: () => stage.flip(),
  'pan-up': () => stage.pan(0, -PAN),
  'pan-left': () => stage.pan(-PAN, 0),
  'pan-down': () => stage.pan(0, PAN),
  'pan-right': () => stage.pan(PAN, 0),
});

const isElsewhere = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input, select, textarea, [role=dialog], .metadata-rows, .exam-list') !== null;
