import { dayOf } from '../../../../lib/domain/images/local-time.ts';
import type { Batch, EyeSide, Image } from '../../api/types.ts';
import { text } from '../../messages/text.ts';
import { formatClinicDay, formatLocalDay } from '../../parts/format.ts';
import { timesOf } from '../image-facts.tsx';

/** How the gallery is divided. */
export type Grouping = 'visit' | 'time' | 'eye';

/** A part of the gallery, under its heading. */
export interface Section {
  id: string;
  title: string;
  /** Beside the title. */
  note: string;
  /** To which images can be added. */
  batch?: Batch;
  images: Image[];
}

/** One line of the gallery: a heading, or tiles with gaps. */
export type Line =
  | { section: Section; images?: undefined }
  | { section: Section; images: (Image | undefined)[] };

/** The images by their batches, the newest batch first, and then those of cases. In each, their order. */
export function byVisit(batches: readonly Batch[], images: readonly Image[]): Section[] {
  const groups = Map.groupBy(images, ({ batch }) => batch ?? '');
  const visits = batches.map((batch) => ({
    id: batch.id,
    title: batch.name,
    note: formatClinicDay(batch.created_at),
    batch,
    images: inOrder(groups.get(batch.id) ?? []),
  }));
  const known = new Set(batches.map(({ id }) => id));
  const others = images.filter(({ batch }) => batch === null || !known.has(batch));
  if (others.length === 0) return visits;
  return [...visits, { id: 'others', title: text('gallery.of-cases'), note: '', images: others }];
}

const inOrder = (images: readonly Image[]): Image[] =>
  images.toSorted((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));

/** The images by their day, the latest first: the day of the camera or the one that a person wrote, else of the upload. */
export function byTime(images: readonly Image[]): Section[] {
  const days = Map.groupBy(images, (image) => (image.uploaded_local ? dayOf(timesOf(image)) : ''));
  // A file that is being uploaded has no day yet, and is first.
  const sorted = [...days].sort(([a], [b]) => (a === '' ? -1 : b === '' ? 1 : a < b ? 1 : -1));
  return sorted.map(([day, of]) => ({
    id: day || 'now',
    title: day ? formatLocalDay(day) : text('gallery.under-way'),
    note: '',
    images: of.toSorted((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1)),
  }));
}

const timeOf = (image: Image): string => `${image.captured_local ?? image.uploaded_local} ${image.id}`;

/** The lines of sections in a grid of so many columns. */
export function linesOf(sections: readonly Section[], columns: number): Line[] {
  return sections.flatMap((section) => {
    const lines: Line[] = [{ section }];
    for (let start = 0; start < section.images.length; start += columns) {
      lines.push({ section, images: section.images.slice(start, start + columns) });
    }
    return lines;
  });
}

/** The same with the right eye in the left half of the columns and the left eye in the right half; below them the others. */
export function eyeLinesOf(sections: readonly Section[], columns: number): Line[] {
  const half = columns / 2;
  return sections.flatMap((section) => {
    const of = (side: EyeSide) => section.images.filter((image) => image.eye_side === side);
    const [right, left] = [of('right'), of('left')];
    const lines: Line[] = [{ section }];
    for (let start = 0; start < Math.max(right.length, left.length); start += half) {
      const inHalf = (eye: readonly Image[]) => Array.from({ length: half }, (_value, at) => eye[start + at]);
      lines.push({ section, images: [...inHalf(right), ...inHalf(left)] });
    }
    const isOther = ({ eye_side: side }: Image) => side !== 'right' && side !== 'left';
    const [, ...others] = linesOf([{ ...section, images: section.images.filter(isOther) }], columns);
    return [...lines, ...others];
  });
}
