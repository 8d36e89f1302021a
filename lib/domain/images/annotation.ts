import * as z from 'zod';
import { Id, Subject, Text, Timestamp } from '../identifiers.ts';

/**
 * A point in pixels of the picture with its orientation applied, before any edit: (0, 0) is the upper left corner of the
 * upper left pixel, as in the graphic data of DICOM (PS3.3 C.18.6, SCOORD).
 */
const Point = z.tuple([z.number(), z.number()]);

/** Up to this many points of a freehand line: an item of DynamoDB holds 400 KB. */
const MOST_POINTS = 5000;

const shape = <Kind extends string>(kind: Kind, least: number, most = least) =>
  z.strictObject({ kind: z.literal(kind), points: z.array(Point).min(least).max(most) });

/**
 * What is drawn: `text` at a point; `arrow` from its end to its head; `ellipse` by the ends of its two axes; `angle` by a
 * point of one side, the vertex and a point of the other side. Lengths and areas are computed from the points and the
 * calibration, and not stored.
 */
export const AnnotationShape = z.discriminatedUnion('kind', [
  shape('text', 1),
  shape('arrow', 2),
  shape('length', 2),
  shape('angle', 3),
  shape('ellipse', 4),
  shape('polygon', 3, MOST_POINTS),
  shape('freehand', 2, MOST_POINTS),
]);
export type AnnotationShape = z.infer<typeof AnnotationShape>;

/**
 * One version of an annotation of an image or of a DICOM instance. A version is never changed: two people who change an
 * annotation at once make two versions, and nothing is lost.
 */
export const Annotation = z.object({
  id: Id,
  /** The id of the image, or the SOP Instance UID. */
  of: z.string(),
  /** The page of a document or the frame of an instance, from 1. */
  page: z.int().min(1).default(1),
  /** Counts up from 1. */
  version: z.int().min(1),
  /** Null in the version that removes the annotation. */
  shape: AnnotationShape.nullable(),
  text: Text.max(2000).default(''),
  /** Millimetres that a pixel of a photograph shows, by a known length in it. DICOM files have their own spacing. */
  millimetresPerPixel: z.number().gt(0).optional(),
  by: Subject,
  at: Timestamp,
});
export type Annotation = z.infer<typeof Annotation>;
