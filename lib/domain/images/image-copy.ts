import * as z from 'zod';
import { DomainError } from '../errors.ts';
import { Text } from '../identifiers.ts';
import { editedSize } from './apply-edits.ts';
import type { ReadyImage } from './image.ts';
import type { EditSteps } from './image-edit.ts';

/** The formats of copies and their default quality. PNG has none. */
const QUALITY = { jpeg: 85, png: undefined, webp: 80, avif: 50 } as const;
export const CopyFormat = z.enum(['jpeg', 'png', 'webp', 'avif']);
export type CopyFormat = z.infer<typeof CopyFormat>;

/**
 * The longest side of a copy; pixels. It limits the work of one request. libaom takes ten times as long as the other
 * encoders and can't be aborted: 16 megapixels of noise at full quality take 13 s and 900 MB.
 */
export const LONGEST_SIDE = { jpeg: 4000, png: 4000, webp: 4000, avif: 2560 } as const;

/** The text drawn over a copy: one line with at least one visible character. */
const Watermark = Text.refine((text) => [...text].length <= 100, { error: 'must be at most 100 characters' })
  .refine((text) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text), {
    error: 'must be one line without control characters',
  })
  // Refuses texts of fillers, joiners, spaces and the empty Braille cell only: the copy would count as marked but show
  // nothing. Pango renders nothing for interlinear annotation marks and the object replacement character.
  .refine((text) => /[^\p{DI}\p{Z}\p{Cc}\u2800\ufff9-\ufffc]/u.test(text), {
    error: 'must have a character that can be seen',
  });

/** The options of a copy. Without any, the original is returned. */
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
  edit: z.coerce
    .number()
    .int()
    .min(1)
    .max(999_999)
    .optional()
    .describe(
      'The copy shows the edits of this version, which must be that of the image’s `edit`. Default: no edits.',
    ),
  page: z.coerce
    .number()
    .int()
    .min(1)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('The page of a TIFF or PDF that the copy shows, from 1 to its `pages`. Default 1.'),
});
export type CopyQuery = z.infer<typeof CopyQuery>;

/** One copy of an image. Equivalent queries give the same copy. */
export interface Copy {
  format: CopyFormat;
  /** Pixels. */
  width: number;
  /** Limits a picture that can not be narrower, and a page whose shape is not known before it is decoded; pixels. */
  maxHeight: number;
  /** Of a document, from 1. */
  page: number;
  quality: number | undefined;
  watermark: string | undefined;
  /** Undefined: the picture of the original. */
  edit: EditSteps | undefined;
}

export const asksForCopy = (query: CopyQuery): boolean =>
  Object.values(query).some((value) => value !== undefined);

/**
 * Returns the requested copy, with defaults filled in.
 *
 * @throws DomainError BAD_REQUEST for a quality if the format has none, NOT_FOUND for a page after the last one, and for edits that
 *   are not the newest
 */
export function copyOf(image: ReadyImage, query: CopyQuery): Copy {
  const { width, format, quality, watermark, page = 1 } = query;
  const edit = query.edit === undefined ? undefined : editOf(image, query.edit, page);
  const { pages = 1 } = image;
  if (page > pages) {
    throw new DomainError('NOT_FOUND', 'There is no such page of this image.', {
      details: [`page must be 1 to ${pages}; received ${page}`],
    });
  }
  const chosen = format ?? formatLike(image.mimeType);
  if (quality !== undefined && QUALITY[chosen] === undefined) {
    throw new DomainError('BAD_REQUEST', 'Validation failed', {
      details: [
        `quality must be left out, for this copy is a ${chosen}, which has none; received ${quality}`,
      ],
    });
  }
  const longest = LONGEST_SIDE[chosen];
  return {
    format: chosen,
    width: page === 1 ? widthOf(sizeOf(image, edit), width, longest) : Math.min(width ?? Infinity, longest),
    maxHeight: longest,
    page,
    quality: quality ?? QUALITY[chosen],
    watermark,
    edit,
  };
}

function editOf({ edit }: ReadyImage, version: number, page: number): EditSteps | undefined {
  if (edit?.version === version && page === 1) return edit.steps ?? undefined;
  throw new DomainError('NOT_FOUND', 'There is no such copy of this image.', {
    details: [`edit must be the version of its newest edits, of its first page; received ${version}`],
  });
}

const sizeOf = ({ width = 1, height = 1 }: ReadyImage, edit: EditSteps | undefined) =>
  edit ? editedSize({ width, height }, edit) : { width, height };

function formatLike(mimeType: string): CopyFormat {
  // A GIF has few colors and sharp edges. Other formats that browsers can't show, or that are too large for them, are
  // photographs.
  if (mimeType === 'image/gif') return 'png';
  return CopyFormat.safeParse(mimeType.replace('image/', '')).data ?? 'jpeg';
}

function widthOf(
  { width, height }: { width: number; height: number },
  wanted = width,
  longest: number,
): number {
  const scale = Math.min(1, wanted / width, longest / width, longest / height);
  return Math.max(1, Math.round(width * scale));
}

/** The longest side of a thumbnail; pixels. */
const THUMBNAIL_SIDE = 300;

/** The copy that stands for the thumbnail of an image with edits, as large as a thumbnail; undefined without edits. */
export function thumbnailCopyOf(image: ReadyImage): Copy | undefined {
  const { edit } = image;
  if (!edit?.steps) return undefined;
  const { width, height } = editedSize(sizeOf(image, undefined), edit.steps);
  const fitting = Math.max(1, Math.floor(THUMBNAIL_SIDE * Math.min(1, width / height)));
  return copyOf(image, { format: 'png', width: fitting, edit: edit.version });
}

/**
 * The copy that stands for an edited image in an archive, as `?format=jpeg&edit=` gives it; undefined if the original does. That is
 * so for a document of several pages too: edits show the first one only, and none of the others may be missing.
 */
export function archivedCopyOf(image: ReadyImage): Copy | undefined {
  const { edit, pages = 1 } = image;
  return edit?.steps && pages === 1 ? copyOf(image, { format: 'jpeg', edit: edit.version }) : undefined;
}
