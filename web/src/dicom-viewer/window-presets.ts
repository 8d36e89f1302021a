import { type Attributes, itemsOf, numbersOf, valueText } from '../exams/dicom-json.ts';
import { text } from '../messages/text.ts';
import type { Frame } from './frame.ts';

/** The ends of a window between which values differ on the screen. */
export interface Window {
  center: number;
  width: number;
}

/** A named window. */
export interface WindowPreset extends Window {
  id: string;
  name: string;
  /** Whether black and white are swapped; undefined leaves them as they are. */
  isInverted?: boolean;
}

/** The usual windows of a CT, in Hounsfield units: only CT values have the same meaning on all devices. */
const CT = [
  { id: 'soft-tissue', center: 40, width: 400 },
  { id: 'lung', center: -600, width: 1500 },
  { id: 'bone', center: 480, width: 2500 },
  { id: 'brain', center: 40, width: 80 },
  { id: 'liver', center: 90, width: 150 },
] as const;

/** Activity is usually read as black on white. */
const EMISSION = /^(PT|NM)$/;

/**
 * The windows to choose from, beside the one with which a frame is shown first: the further ones of the file, those of its modality,
 * and the full range of its values.
 *
 * @param full the full range; undefined for images in colour, and for values too near to each other
 */
export function presetsFor(
  { modality, attributes, number }: Pick<Frame, 'modality' | 'attributes' | 'number'>,
  full: Window | undefined,
): WindowPreset[] {
  if (!full) return [];
  const ofModality = modality === 'CT' ? CT : [];
  const isEmission = EMISSION.test(modality);
  return [
    ...furtherWindows(attributes, number),
    ...ofModality.map((each) => ({ ...each, name: text(`window-preset.${each.id}`) })),
    { ...full, id: 'full', name: text('viewer.full-range'), ...(isEmission && { isInverted: false }) },
    ...(isEmission
      ? [{ ...full, id: 'inverted', name: text('viewer.full-range-inverted'), isInverted: true }]
      : []),
  ];
}

/** The windows of the file that it is not shown with first (PS3.3 C.11.2.1.2), by their explanations. */
function furtherWindows(attributes: Attributes, number: number): WindowPreset[] {
  const group = groupsOf(attributes, number).find((each) => numbersOf(each, '00281050').length > 0);
  if (!group) return [];
  const [centers, widths] = [numbersOf(group, '00281050'), numbersOf(group, '00281051')];
  const explanations = (group['00281055']?.Value ?? []).map(valueText);
  // A table of values is shown before any window.
  const first = itemsOf(group, '00283010').length > 0 ? 0 : 1;
  return centers.flatMap((center, index) => {
    const width = widths[index];
    if (index < first || width === undefined || width < 1) return [];
    const name = explanations[index]?.trim() || text('viewer.file-window', { number: index + 1 });
    return [{ id: `file-${index + 1}`, name, center, width }];
  });
}

/** The data sets that may have the windows of a frame, the most specific first (C.7.6.16.2.10). */
const groupsOf = (attributes: Attributes, number: number): Attributes[] => [
  ...[itemsOf(attributes, '52009230')[number - 1], itemsOf(attributes, '52009229')[0]].flatMap((item) =>
    item ? itemsOf(item, '00289132').slice(0, 1) : [],
  ),
  attributes,
];

/** The preset with which an image is shown. */
export const presetOf = (
  presets: readonly WindowPreset[],
  { center, width }: Window,
  isInverted: boolean,
): WindowPreset | undefined =>
  presets.find(
    (each) =>
      isNear(each.center, center) &&
      isNear(each.width, width) &&
      (each.isInverted === undefined || each.isInverted === isInverted),
  );

/** The ends of a window are computed from its center and width, and back. */
const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a));
