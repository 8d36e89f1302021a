import { type ReportedShape, reportedShape } from '../../../../lib/domain/annotations/reported-shape.ts';
import type { Annotation } from '../../api/types.ts';

/** An annotation that is drawn on a frame. */
export type DrawnAnnotation = Annotation &
  Required<Pick<Annotation, 'series' | 'instance' | 'frame'>> & { shape: NonNullable<Annotation['shape']> };

/** What of the annotations of a study a report has, and what it has not. */
export interface ReportContents {
  drawn: readonly DrawnAnnotation[];
  /** How many have a shape that no report can hold, and how many are notes. */
  leftOut: { shapes: number; notes: number };
}

/** Divides the annotations of a study into those that a report has, and others. */
export function contentsOf(list: readonly Annotation[]): ReportContents {
  const shapes = list.filter(isDrawn);
  const drawn = shapes.filter(({ shape }) => shapeOf(shape, undefined) !== undefined);
  const leftOut = { shapes: shapes.length - drawn.length, notes: list.length - shapes.length };
  return { drawn, leftOut };
}

const isDrawn = (each: Annotation): each is DrawnAnnotation =>
  each.shape !== null && each.series !== undefined && each.instance !== undefined && each.frame !== undefined;

/** The shape in a report, if a report can hold it. */
export const shapeOf = (
  { kind, points }: DrawnAnnotation['shape'],
  size: { x: number; y: number } | undefined,
): ReportedShape | undefined => reportedShape({ kind, points }, size);
