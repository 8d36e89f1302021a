import * as z from 'zod';
import { Source } from '../access/source.ts';
import { DomainError } from '../errors.ts';
import {
  CaseId,
  Crc32,
  Day,
  Id,
  LocalTime,
  PatientId,
  RecordId,
  Subject,
  Text,
  Timestamp,
  UtcOffset,
} from '../identifiers.ts';
import { LegalHold } from '../legal-hold.ts';
import { mediaTypeOf } from '../media-type.ts';
import { Assignment } from '../patients/assignment.ts';
import { RecordType } from '../records/record-type.ts';
import { Bounds } from './image-bounds.ts';
import { ShownEdit } from './image-edit.ts';
import { ImageStatus, isBeingChecked } from './image-status.ts';

/** The eye (or side of the body) that an image shows. */
export const EyeSide = z.enum(['left', 'right', 'both', 'unknown']);
export type EyeSide = z.infer<typeof EyeSide>;

/** The uploaded file name. Any name is accepted, and escaped on output (headers, ZIP entries). */
export const FileName = Text.min(1)
  .max(1024)
  .meta({ examples: ['heel.jpg'] });

/** The media type of a file. It is stored in lower case without parameters. */
export const MimeType = z
  .string()
  .max(255)
  .overwrite(mediaTypeOf)
  .meta({ examples: ['image/jpeg'] });

/** The size of a file. */
export const Bytes = z.int().meta({ examples: [2_481_234] });

/** Pixels, after the orientation is applied. */
export const Width = z.int().meta({ examples: [3024] });
export const Height = z.int().meta({ examples: [4032] });

/** Pixels per inch. */
export const Dpi = z.int().meta({ examples: [300] });

/** The number of pages of a document. The first one is shown, the others by `?page=` of its bytes. */
export const Pages = z
  .int()
  .min(1)
  .meta({ examples: [1] });

/** Text that a person writes below an image. */
export const Caption = Text.max(2000).meta({ examples: ['Left heel, standing'] });

/** The assignment of an image, with its batch or case before. */
export const ImageAssignment = Assignment.extend({
  fromBatch: Id.optional(),
  fromCase: CaseId.optional(),
});
export type ImageAssignment = z.infer<typeof ImageAssignment>;

/**
 * One image, whichever endpoint received it. It belongs to one patient and to a batch or a case. An image that was added to
 * a record may have no patient, batch or case: it is found through its links.
 */
export const Image = z.object({
  id: Id,
  patientId: PatientId.optional(),
  batchId: Id.optional(),
  caseId: CaseId.optional(),
  /** The records it is linked to, beside its patient. */
  links: z.partialRecord(RecordType.exclude(['patient']), RecordId).optional(),
  /** Limits of this image in addition to those of every image. */
  bounds: Bounds.optional(),
  /** Signs the links to the image: deleting the image revokes them. */
  linkSecret: z.string().min(43).optional(),
  fileName: z.string().max(255),
  /** The declared type while pending, afterwards the type detected in the bytes. */
  mimeType: MimeType,
  fileSize: Bytes,
  crc32: Crc32.optional(),
  width: Width.optional(),
  height: Height.optional(),
  dpi: Dpi.optional(),
  pages: Pages.optional(),
  thumbnailBytes: z.int().optional(),
  hasPreview: z.boolean().default(false),
  eyeSide: EyeSide,
  /** By the camera's clock; see `CaptureTime`. */
  capturedLocal: LocalTime.optional(),
  captureOffset: UtcOffset.optional(),
  /** Any, because a clinic may take one from its list. */
  category: z.string(),
  caption: z.string(),
  dateTaken: Day.optional(),
  /** Position within its batch. Images of equal order are sorted by upload time. */
  order: z.int(),
  status: ImageStatus,
  statusReason: z.string().optional(),
  /** S3 key of the original, once ready. */
  key: z.string().optional(),
  uploadedAt: Timestamp,
  /** The same time in the clinic's time zone. */
  uploadedLocal: LocalTime,
  uploadedBy: Subject,
  source: Source,
  updatedAt: Timestamp,
  deletedAt: Timestamp.optional(),
  deletedBy: Subject.optional(),
  /** The batch with which it was deleted, and with which it is restored. */
  deletedWith: Id.optional(),
  legalHold: LegalHold.optional(),
  /** Its newest edit; undefined if nobody has edited it. */
  edit: ShownEdit.optional(),
  /** When its annotations changed last; undefined if it never had one. */
  annotatedAt: Timestamp.optional(),
  /** Its last move to another patient, alone or with its batch or case. */
  assignment: ImageAssignment.optional(),
});
export type Image = z.infer<typeof Image>;

/** An image that was ready before its deletion. `expiresAt`: when it is erased; seconds since 1970. */
export const DeletedImage = Image.extend({
  status: z.literal('deleted'),
  deletedAt: Timestamp,
  expiresAt: z.int(),
});
export type DeletedImage = z.infer<typeof DeletedImage>;

/** An image whose original and renditions are in S3. */
export type ReadyImage = Image & { status: 'ready'; key: string; crc32: string };

export const isReady = (image: Image): image is ReadyImage => image.status === 'ready';

/**
 * Returns the image if its bytes are stored and are an image.
 *
 * @throws DomainError NOT_FOUND with the reason
 */
export function requireReady(image: Image): ReadyImage {
  if (isReady(image)) return image;
  throw new DomainError('NOT_FOUND', 'There is nothing to show of this image.', {
    details: [
      [NOT_SHOWN[image.status as keyof typeof NOT_SHOWN], image.statusReason].filter(Boolean).join(': '),
    ],
  });
}
const NOT_SHOWN = {
  pending: 'its upload is not complete',
  scanning: 'it is being searched for malware',
  rejected: 'it was rejected',
  failed: 'it could not be checked',
  expired: 'its upload never arrived',
  deleted: 'it was deleted',
} satisfies Record<Exclude<ImageStatus, 'ready'>, string>;

/**
 * Returns the image unless its bytes are not checked yet.
 *
 * @throws DomainError SERVICE_UNAVAILABLE, to be retried soon
 */
export function requireChecked(image: Image): Image {
  if (!isBeingChecked(image)) return image;
  throw new DomainError('SERVICE_UNAVAILABLE', 'The image is not ready yet.', {
    headers: { 'retry-after': '2' },
  });
}

/**
 * The bytes that fit, in base64, into the 6 MB of a Lambda response, with room for the rest (Lambda quotas, "Invocation
 * payload").
 */
const INLINE_BYTES = 4_400_000;

/**
 * Returns the image if its original is small enough to be part of a JSON response.
 *
 * @throws DomainError PAYLOAD_TOO_LARGE; the details name the endpoint without this limit
 */
export function requireInline(image: ReadyImage): ReadyImage {
  if (image.fileSize <= INLINE_BYTES) return image;
  throw new DomainError('PAYLOAD_TOO_LARGE', 'The image is too large for JSON.', {
    details: [
      `it has ${image.fileSize} bytes, of which ${INLINE_BYTES} fit; GET /api/images/${image.id}/data streams it`,
    ],
  });
}

/**
 * Whether the original may contain active content. A PDF may contain scripts, forms and links, which a browser would
 * run in the service's own origin. So it is sent as an attachment, and the preview is shown instead.
 */
export const isActive = ({ mimeType }: Image): boolean => mimeType === 'application/pdf';

/** The extension of a file name without its dot, or an empty string. */
const extension = (name: string): string => /\.([A-Za-z0-9]{1,10})$/.exec(name)?.[1] ?? '';

/** Shortens the name to the 255 characters that are stored, without losing the extension. */
export function storedFileName(name: string): string {
  if (name.length <= 255) return name;
  const tail = extension(name);
  const end = tail ? `.${tail}` : '';
  // A cut within a surrogate pair would leave a lone surrogate, which is not valid in UTF-8.
  return (
    name
      .slice(0, 255 - end.length)
      .toWellFormed()
      .replace(/\uFFFD$/, '') + end
  );
}
