import * as z from 'zod';

/** Limits of an image from an endpoint with stricter rules than the others. */
export const Bounds = z.object({
  mimeTypes: z.array(z.string()),
  /** Shortest and longest side; pixels. */
  sideMinimum: z.int(),
  sideMaximum: z.int(),
});
export type Bounds = z.infer<typeof Bounds>;

interface Picture {
  mimeType: string;
  /** Pixels; undefined for a PDF until its preview is rendered. */
  width?: number | undefined;
  height?: number | undefined;
}

/** Describes how an image exceeds its bounds, or returns undefined. */
export function outOfBounds(bounds: Bounds, { mimeType, width, height }: Picture): string | undefined {
  const { mimeTypes, sideMinimum: minimum, sideMaximum: maximum } = bounds;
  if (!mimeTypes.includes(mimeType)) return `This is ${mimeType}; expected one of ${mimeTypes.join(', ')}.`;
  // A PDF page has no size in pixels: width and height are those of our preview.
  if (mimeType === 'application/pdf' || width === undefined || height === undefined) return undefined;
  if (Math.min(width, height) >= minimum && Math.max(width, height) <= maximum) return undefined;
  return `This image has ${width}×${height} pixels; expected ${minimum}×${minimum} to ${maximum}×${maximum}.`;
}
