import { type AttributeReader, groupsOfFrame } from '../parse/attribute-reader.ts';
import { lookUp, lookupTable } from './lookup-table.ts';

/** A window: the values that become grey, everything else being black or white (PS3.3 C.11.2.1.2). */
export interface Window {
  center: number;
  width: number;
  /** Default LINEAR. */
  shape?: 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';
}

/** What of the modality's values is seen, and how. */
export interface VoiTransform {
  /** From the modality's values to 0…1, which is from black to white. */
  apply: (value: number) => number;
  /** The values between which most of it changes: the ends of a window, of a table, or of what there is. */
  lower: number;
  upper: number;
}

/**
 * What the file itself says how a frame is to be seen: its first VOI LUT, else its first window (PS3.3 C.11.2; of a file
 * with both, either is right, and the table is what the window approximates). Undefined where it says nothing that makes
 * sense, such as a window without width.
 */
export async function readVoiTransform(
  image: AttributeReader,
  frame: number,
): Promise<VoiTransform | undefined> {
  // Frame VOI LUT (C.7.6.16.2.10), else the image's own.
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
  // A width of 1 is a step at the centre minus a half.
  if (width === 1) return { ...ends, apply: (value) => (value <= center - 0.5 ? 0 : 1) };
  return { ...ends, apply: (value) => clamp((value - (center - 0.5)) / (width - 1) + 0.5) };
}

/** From a LINEAR window to its two ends (C.11.2.1.2.1), and back. */
export const windowEnds = ({ center, width }: Window) => ({
  lower: center - 0.5 - (width - 1) / 2,
  upper: center - 0.5 + (width - 1) / 2,
});
export const windowBetween = ({ lower, upper }: Pick<VoiTransform, 'lower' | 'upper'>) => ({
  center: (lower + upper + 1) / 2,
  width: upper - lower + 1,
});

/** From the smallest value to the largest. */
export function rangeTransform(lower: number, upper: number): VoiTransform {
  // Nothing but one value: an empty mask is black, a full one white.
  if (!(upper > lower)) return { lower, upper, apply: () => (upper > 0 ? 1 : 0) };
  return { lower, upper, apply: (value) => Math.max(0, Math.min(1, (value - lower) / (upper - lower))) };
}
