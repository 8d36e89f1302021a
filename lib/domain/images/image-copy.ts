import * as z from 'zod';
import { DomainError } from '../errors.ts';
import { Text } from '../identifiers.ts';
import type { ReadyImage } from './image.ts';

/** The formats of copies, and the quality that each has unless another is asked for: PNG has none. */
const QUALITY = { jpeg: 85, png: undefined, webp: 80, avif: 50 } as const;
export const CopyFormat = z.enum(['jpeg', 'png', 'webp', 'avif']);
export type CopyFormat = z.infer<typeof CopyFormat>;

/**
 * The longest side of a copy: it bounds the work that one request can ask for. libaom takes ten times as long as the
 * others and can't be stopped: 16 megapixels of noise at full quality, 13 s and 900 MB.
 */
const LONGEST_SIDE = { jpeg: 4000, png: 4000, webp: 4000, avif: 2560 } as const;

/** What is drawn over a copy: one line of text, of which something is to be seen. */
const Watermark = Text.refine((text) => [...text].length <= 100, { error: 'must be at most 100 characters' })
  .refine((text) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text), {
    error: 'must be one line without control characters',
  })
  // Fillers and joiners, spaces and the empty Braille cell: a copy would pass for marked and show nothing. Of annotation
  // marks and the place of an object, Pango says that there is no text at all.
  .refine((text) => /[^\p{DI}\p{Z}\p{Cc}\u2800\ufff9-\ufffc]/u.test(text), {
    error: 'must have a character that can be seen',
  });

/** How a copy can be asked for. With none of these, the original is meant. */
export const CopyQuery = z.strictObject({
  width: z.coerce
    .number()
    .int()
    .min(1)
    .max(LONGEST_SIDE.jpeg)
    .optional()
    .describe(
      'Of a copy, in pixels. Nothing is enlarged: a smaller image keeps its width. A copy has at most 4000 a side, an AVIF 2560.',
    ),
  format: CopyFormat.optional().describe('Of a copy; that of the original where it is one of these.'),
  quality: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe('Of a copy, unless it is a PNG, which has none: 85 for JPEG, 80 for WebP, 50 for AVIF.'),
  watermark: Watermark.optional().describe('Drawn all over the copy, half transparent; one line.'),
});
export type CopyQuery = z.infer<typeof CopyQuery>;

/** One copy of an image: whoever asks for the same in other words gets the same. */
export interface Copy {
  format: CopyFormat;
  /** Pixels. */
  width: number;
  quality: number | undefined;
  watermark: string | undefined;
}

export const isCopyWanted = (query: CopyQuery): boolean =>
  Object.values(query).some((value) => value !== undefined);

/**
 * The copy that is asked for.
 *
 * @throws DomainError BAD_REQUEST for a quality that the format does not have
 */
export function copyOf(image: ReadyImage, { width, format, quality, watermark }: CopyQuery): Copy {
  const chosen = format ?? formatLike(image.mimeType);
  if (quality !== undefined && QUALITY[chosen] === undefined) {
    throw new DomainError('BAD_REQUEST', 'Validation failed', {
      details: [
        `quality must be left out, for this copy is a ${chosen}, which has none; received ${quality}`,
      ],
    });
  }
  return {
    format: chosen,
    width: widthOf(image, width, LONGEST_SIDE[chosen]),
    quality: quality ?? QUALITY[chosen],
    watermark,
  };
}

function formatLike(mimeType: string): CopyFormat {
  // A GIF is few colours and sharp edges; whatever else browsers can't show, or hold in memory, is a photograph.
  if (mimeType === 'image/gif') return 'png';
  return CopyFormat.safeParse(mimeType.replace('image/', '')).data ?? 'jpeg';
}

function widthOf({ width = 1, height = 1 }: ReadyImage, wanted = width, longest: number): number {
  const scale = Math.min(1, wanted / width, longest / width, longest / height);
  return Math.max(1, Math.round(width * scale));
}

/** The name of a copy: the original's with the extension that the copy's format has. */
export const copyFileName = (fileName: string, format: CopyFormat): string =>
  `${fileName.replace(/\.[A-Za-z0-9]{1,10}$/, '') || 'image'}.${format === 'jpeg' ? 'jpg' : format}`;
