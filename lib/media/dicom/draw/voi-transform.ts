import type { DataSet } from '../parse/data-set.ts';
import { groupsOfFrame } from '../parse/functional-groups.ts';
import { numberValues } from '../parse/number-values.ts';
import { textValue } from '../parse/text-values.ts';
import { lookUp, lookupTable } from './lookup-table.ts';

/** A window: the values that become grey, everything else being black or white (PS3.3 C.11.2.1.2). */
export interface Window {
  center: number;
  width: number;
  /** Default LINEAR. */
  shape?: 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';
}

/** From the modality's values to 0…1. */
export type VoiTransform = (value: number) => number;

/**
 * What the file itself says how a frame is to be seen: its first VOI LUT, else its first window (PS3.3 C.11.2; of a file
 * with both, either is right, and the table is what the window approximates). Undefined where it says nothing that makes
 * sense, such as a window without width.
 */
export function voiTransformOf(dataSet: DataSet, frame: number): VoiTransform | undefined {
  // Frame VOI LUT (C.7.6.16.2.10), else the image's own.
  for (const group of groupsOfFrame(dataSet, frame, '00289132')) {
    const transform = voiLut(group) ?? firstWindow(group);
    if (transform) return transform;
  }
  return undefined;
}

function voiLut(group: DataSet): VoiTransform | undefined {
  const item = group.elements.get('00283010')?.items?.[0];
  const table = item && lookupTable(item, '00283002', '00283006');
  return table && ((value) => lookUp(table, value) / (2 ** table.bits - 1));
}

function firstWindow(group: DataSet): VoiTransform | undefined {
  const [center] = numberValues(group, '00281050');
  const [width] = numberValues(group, '00281051');
  if (center === undefined || width === undefined) return undefined;
  const shape = shapes.find((name) => name === textValue(group, '00281056')) ?? 'LINEAR';
  const window = { center, width, shape };
  return isWindow(window) ? windowTransform(window) : undefined;
}

const shapes = ['LINEAR', 'LINEAR_EXACT', 'SIGMOID'] as const;

/** C.11.2.1.2.1: LINEAR takes a width of 1 or more; the others any above 0 (C.11.2.1.3). */
export const isWindow = ({ center, width, shape = 'LINEAR' }: Window): boolean =>
  Number.isFinite(center) && Number.isFinite(width) && (shape === 'LINEAR' ? width >= 1 : width > 0);

/** The three functions of PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2. */
export function windowTransform({ center, width, shape = 'LINEAR' }: Window): VoiTransform {
  const clamp = (part: number) => (part < 0 ? 0 : part > 1 ? 1 : part);
  if (shape === 'SIGMOID') return (value) => 1 / (1 + Math.exp((-4 * (value - center)) / width));
  if (shape === 'LINEAR_EXACT') return (value) => clamp((value - center) / width + 0.5);
  // A width of 1 is a step at the centre minus a half.
  if (width === 1) return (value) => (value <= center - 0.5 ? 0 : 1);
  return (value) => clamp((value - (center - 0.5)) / (width - 1) + 0.5);
}

/** From the smallest value to the largest. */
export function rangeTransform(min: number, max: number): VoiTransform {
  // Nothing but one value: an empty mask is black, a full one white.
  if (!(max > min)) return () => (max > 0 ? 1 : 0);
  return (value) => Math.max(0, Math.min(1, (value - min) / (max - min)));
}
