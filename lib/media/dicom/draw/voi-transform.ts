import { type AttributeReader, groupsOfFrame } from '../parse/attribute-reader.ts';
import { lookUp, lookupTable } from './lookup-table.ts';

/** A window: the range of values between black and white (PS3.3 C.11.2.1.2). */
export interface Window {
  center: number;
  width: number;
  /** Default LINEAR. */
  shape?: 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';
}

/** A transform from modality values to display values. */
export interface VoiTransform {
  /** Maps a modality value to 0…1, from black to white. */
  apply: (value: number) => number;
  /** The values between which most of the output changes: the ends of the window, of the table, or of the frame's values. */
  lower: number;
  upper: number;
}

/**
 * Reads the file's VOI transform for a frame: its first VOI LUT, otherwise its first window (PS3.3 C.11.2; if a file has both,
 * either may be used, and the window approximates the table). Returns undefined if there is no valid one, such as for a window
 * without width.
 */
export async function readVoiTransform(
  image: AttributeReader,
  frame: number,
): Promise<VoiTransform | undefined> {
  // Frame VOI LUT (C.7.6.16.2.10), otherwise the image's own attributes.
  for (const group of groupsOfFrame(image, frame, '00289132')) {
    const transform = (await voiLut(group)) ?? firstWindow(group);
    if (transform) return transform;
  }
  return undefined;
}

async function voiLut(group: AttributeReader): Promise<VoiTransform | undefined> {
  const [item] = group.items('00283010');
  const table = item && (await lookupTable(item, '00283002', '00283006'));
  if (!table) return undefined;
  const largest = 2 ** table.bits - 1;
  const { firstMapped: lower, entries } = table;
  return { apply: (value) => lookUp(table, value) / largest, lower, upper: lower + entries.length - 1 };
}

function firstWindow(group: AttributeReader): VoiTransform | undefined {
  const [center] = group.numbers('00281050');
  const [width] = group.numbers('00281051');
  if (center === undefined || width === undefined) return undefined;
  const shape = shapes.find((name) => name === group.text('00281056')) ?? 'LINEAR';
  const window = { center, width, shape };
  return isWindow(window) ? windowTransform(window) : undefined;
}

const shapes = ['LINEAR', 'LINEAR_EXACT', 'SIGMOID'] as const;

/** C.11.2.1.2.1: LINEAR takes a width of 1 or more; the others any above 0 (C.11.2.1.3). */
const isWindow = ({ center, width, shape = 'LINEAR' }: Window): boolean =>
  Number.isFinite(center) && Number.isFinite(width) && (shape === 'LINEAR' ? width >= 1 : width > 0);

/** The three functions of PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2. */
export function windowTransform(window: Window): VoiTransform {
  const { center, width, shape = 'LINEAR' } = window;
  const clamp = (part: number) => (part < 0 ? 0 : part > 1 ? 1 : part);
  const exact = { lower: center - width / 2, upper: center + width / 2 };
  if (shape === 'SIGMOID')
    return { ...exact, apply: (value) => 1 / (1 + Math.exp((-4 * (value - center)) / width)) };
  if (shape === 'LINEAR_EXACT') return { ...exact, apply: (value) => clamp((value - center) / width + 0.5) };
  const ends = windowEnds(window);
  // A width of 1 gives a step at the center minus 0.5.
  if (width === 1) return { ...ends, apply: (value) => (value <= center - 0.5 ? 0 : 1) };
  return { ...ends, apply: (value) => clamp((value - (center - 0.5)) / (width - 1) + 0.5) };
}

/** Converts a LINEAR window to its two ends (C.11.2.1.2.1), and back. */
export const windowEnds = ({ center, width }: Window) => ({
  lower: center - 0.5 - (width - 1) / 2,
  upper: center - 0.5 + (width - 1) / 2,
});
export const windowBetween = ({ lower, upper }: Pick<VoiTransform, 'lower' | 'upper'>) => ({
  center: (lower + upper + 1) / 2,
  width: upper - lower + 1,
});

/** A linear transform from the smallest to the largest value. */
export function rangeTransform(lower: number, upper: number): VoiTransform {
  // There is only one value: an empty mask is black, a full one white.
  if (!(upper > lower)) return { lower, upper, apply: () => (upper > 0 ? 1 : 0) };
  return { lower, upper, apply: (value) => Math.max(0, Math.min(1, (value - lower) / (upper - lower))) };
}
