import * as z from 'zod';

/** Limits of an image that came through an endpoint with stricter rules than the others. */
export const Bounds = z.object({
  mimeTypes: z.array(z.string()),
  /** Shortest and longest side; pixels. */
  sideMinimum: z.int(),
  sideMaximum: z.int(),
});
export type Bounds = z.infer<typeof Bounds>;

interface Picture {
  mimeType: string;
  /** Pixels; a PDF has none before it is drawn. */
  width?: number | undefined;
  height?: number | undefined;
}

/** In what an image does not keep to its bounds, or undefined where it does. */
export function outOfBounds(bounds: Bounds, { mimeType, width, height }: Picture): string | undefined {
  const { mimeTypes, sideMinimum: minimum, sideMaximum: maximum } = bounds;
  if (!mimeTypes.includes(mimeType)) return `This is ${mimeType}; expected one of ${mimeTypes.join(', ')}.`;
  // A page has no pixels of its own: what is measured later is our drawing of it.
  if (mimeType === 'application/pdf' || width === undefined || height === undefined) return undefined;
  if (Math.min(width, height) >= minimum && Math.max(width, height) <= maximum) return undefined;
  return `This image has ${width}×${height} pixels; expected ${minimum}×${minimum} to ${maximum}×${maximum}.`;
}
