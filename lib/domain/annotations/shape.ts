import * as z from 'zod';
import { StoredNumber } from '../stored-number.ts';
import { MOST_POINTS } from './geometry.ts';

/**
 * The farthest that a point may lie from the upper left corner: a JPEG and a DICOM file have at most 65,535 pixels a side, and a
 * handle may lie outside of the picture.
 */
const FARTHEST = 100_000;

/** For readers of JSON Schema that know no `prefixItems`, such as Spectral. */
const PAIR = { items: { type: 'number' }, minItems: 2, maxItems: 2 };

/** A hundredth of a pixel is finer than any hand, and takes half the bytes of what a browser computes. */
const Coordinate = z
  .number()
  .min(-FARTHEST)
  .max(FARTHEST)
  .overwrite((value) => Math.round(value * 100) / 100);

/**
 * A point, as x and y in pixels of the original picture, shown upright: the orientation of the file (EXIF) is applied, the edits of
 * the image (rotation, crop and so on) are not. (0, 0) is the upper left corner of the upper left pixel, as in the graphic data of
 * DICOM (PS3.3 C.18.6, SCOORD). So a point stays where it is on the body, however the image is edited later.
 */
const Point = z.tuple([Coordinate, Coordinate]).meta({ examples: [[812.5, 1204]], ...PAIR });

/** A known length in a photograph; the longest is a person's height, and some more. */
const Millimetres = StoredNumber.gt(0)
  .max(5000)
  .meta({ examples: [50] });

const EXAMPLE = {
  kind: 'length',
  points: [
    [812.5, 1204],
    [1490, 1198.25],
  ],
};

const shape = <Kind extends string>(kind: Kind, least: number, most = least) =>
  z.strictObject({ kind: z.literal(kind), points: z.array(Point).min(least).max(most) });

/**
 * What is drawn: `text` at a point; `arrow` from its end to its head; `ellipse` by the ends of its longer axis and then those of its
 * shorter one; `angle` by a point of one side, the vertex and a point of the other side; `area` and `polygon` by their corners, of
 * which an area is measured. `calibration` is a length in a photograph that is known, such as that of a ruler: with it, the lengths
 * and areas of the same page have millimetres. What is measured is computed from the points, and not stored.
 */
export const Shape = z
  .discriminatedUnion('kind', [
    shape('text', 1),
    shape('arrow', 2),
    shape('length', 2),
    shape('angle', 3),
    shape('ellipse', 4),
    shape('polygon', 3, MOST_POINTS),
    shape('area', 3, MOST_POINTS),
    shape('freehand', 2, MOST_POINTS),
    shape('calibration', 2).extend({ millimetres: Millimetres }),
  ])
  .meta({ examples: [EXAMPLE] });
export type Shape = z.infer<typeof Shape>;

const kinds = Shape.options.map(({ shape: { kind } }) => kind.value);

/** A shape as it is stored. The service has checked it when it came, and a later release may add to it. */
export const StoredShape = z.object({
  kind: z.enum(kinds).meta({ examples: [EXAMPLE.kind] }),
  points: z.array(z.tuple([z.number(), z.number()]).meta(PAIR)).meta({ examples: [EXAMPLE.points] }),
  /** The known length of a `calibration`. */
  millimetres: Millimetres.optional(),
});
export type StoredShape = z.infer<typeof StoredShape>;
