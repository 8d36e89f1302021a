import * as z from 'zod';
import { Subject, Timestamp } from '../identifiers.ts';
import { StoredNumber } from '../stored-number.ts';

/** A part of a picture's side, from its left or upper edge. */
const Fraction = StoredNumber.min(0).max(1);

/** How much lighter or darker; −100 to 100, where 0 changes nothing. */
const Adjustment = StoredNumber.min(-100).max(100).default(0);

const EXAMPLE = {
  isFlipped: false,
  quarterTurns: 1,
  straightenDegrees: 0,
  crop: { left: 0.1, top: 0.1, width: 0.8, height: 0.8 },
  brightness: 0,
  contrast: 0,
};

const Crop = z.object({
  left: Fraction,
  top: Fraction,
  width: Fraction.gt(0),
  height: Fraction.gt(0),
});

/**
 * The changes of a picture, in a normal form: any sequence of rotations, flips and so on is one of these. They are
 * applied in the order of the fields, to the picture with its orientation applied. The original stays as it is.
 */
export const EditSteps = z
  .strictObject({
    /** Mirrored left to right, before the rotation. */
    isFlipped: z.boolean().default(false),
    /** Quarter turns, clockwise. */
    quarterTurns: z.int().min(0).max(3).default(0),
    /** Degrees, clockwise, by which a horizon is straightened. The picture keeps its size; its corners are cut. */
    straightenDegrees: StoredNumber.min(-45).max(45).default(0),
    /** The part that is kept, as fractions of the sides after the rotation. */
    crop: z
      .strictObject(Crop.shape)
      .refine(({ left, top, width, height }) => left + width <= 1 && top + height <= 1, {
        error: 'must lie within the picture',
      })
      .optional(),
    brightness: Adjustment,
    contrast: Adjustment,
  })
  .meta({ examples: [EXAMPLE] });

export type EditSteps = z.infer<typeof EditSteps>;

/**
 * The newest version of the edits of an image, beside the image, so that every list has it. A step that only a later release knows is
 * not applied: to refuse it would hide the image, and its whole list.
 */
export const ShownEdit = z.object({
  version: z.int().min(1),
  /** Null: the original is shown again. */
  steps: z
    .object({ ...EditSteps.shape, crop: Crop.optional() })
    .meta({ examples: [EXAMPLE] })
    .nullable(),
});
export type ShownEdit = z.infer<typeof ShownEdit>;

/** One version of the edits of an image. A version is never changed; the newest one is shown. */
export const ImageEdit = z.object({
  imageId: z.string(),
  /** Counts up from 1. */
  version: z.int().min(1),
  /** Null: the original is shown again. */
  steps: EditSteps.nullable(),
  by: Subject,
  at: Timestamp,
});
export type ImageEdit = z.infer<typeof ImageEdit>;
