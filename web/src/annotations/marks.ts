import type { PixelSize } from '../../../lib/domain/annotations/geometry.ts';
import type { Annotation } from '../api/types.ts';
import { text } from '../messages/text.ts';
import type { Shape } from './drawing.ts';
import { calibrationIn, measureOf } from './measures.ts';
import type { Mark } from './overlay.tsx';

/** An annotation that is drawn. */
export type Drawn = Annotation & { shape: Shape };

/** Those that are drawn. Each has its number by its place among them. */
export const drawnOf = (list: readonly Annotation[]): Drawn[] =>
  list.filter((each): each is Drawn => each.shape !== null);

/** Longer texts would cover the picture: they are in the list. Where all of them stand below it, a few letters do. */
const LONGEST_LABEL = 40;
const SHORT_LABEL = 12;

/** What is written beside a shape: its number, what it measures, and the begin of its text. */
export function labelOf(
  number: number,
  { shape, text: words }: Drawn,
  size: PixelSize | undefined,
  longest = LONGEST_LABEL,
): string {
  const line = words.split('\n')[0] ?? '';
  const short = line.length > longest ? `${line.slice(0, longest)}…` : line;
  return [String(number), measureOf(shape, size), short].filter(Boolean).join(' · ');
}

/** What the shapes of a page of a photograph say: a line for each, with all of its text. */
export function markLines(list: readonly Annotation[]): string[] {
  const size = calibrationIn(list);
  return drawnOf(list).map(({ shape, text: words }, index) =>
    [
      String(index + 1),
      text(`annotation-kind.${shape.kind}`),
      measureOf(shape, size),
      words.replaceAll(/\s+/g, ' '),
    ]
      .filter(Boolean)
      .join(' · '),
  );
}

/**
 * The shapes of a page of a photograph.
 *
 * @param hasLines whether `markLines` are below the picture
 */
export function photoMarks(list: readonly Annotation[], hasLines = false): Mark[] {
  const size = calibrationIn(list);
  return drawnOf(list).map((each, index) => ({
    id: each.id,
    shape: each.shape,
    label: labelOf(index + 1, each, size, hasLines ? SHORT_LABEL : LONGEST_LABEL),
  }));
}
