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
} from '../identifiers.ts';
import { mediaTypeOf } from '../media-type.ts';
import { RecordType } from '../records/record-type.ts';
import { Category } from './category.ts';
import { Bounds } from './image-bounds.ts';

/** The eye (or side of the body) that a picture shows. */
export const EyeSide = z.enum(['left', 'right', 'both', 'unknown']);
export type EyeSide = z.infer<typeof EyeSide>;

/**
 * `pending`: an upload URL was handed out, the bytes are not there or not yet looked at. `ready`: they are a picture
 * and its renditions exist. `rejected`: they are not, and `statusReason` says why.
 */
export const ImageStatus = z.enum(['pending', 'ready', 'rejected']).meta({ examples: ['ready'] });
export type ImageStatus = z.infer<typeof ImageStatus>;

/** The file name as the person gave it; anything is accepted, and made safe where it leaves (headers, ZIP entries). */
export const FileName = Text.min(1)
  .max(1024)
  .meta({ examples: ['heel.jpg'] });

/** The media type of a file; parameters and capital letters are taken, and dropped. */
export const MimeType = z
  .string()
  .max(255)
  .overwrite(mediaTypeOf)
  .meta({ examples: ['image/jpeg'] });

/** The size of a file. */
export const Bytes = z.int().meta({ examples: [2_481_234] });

/** Pixels, as the picture is looked at. */
export const Width = z.int().meta({ examples: [3024] });
export const Height = z.int().meta({ examples: [4032] });

/** Pixels per inch. */
export const Dpi = z.int().meta({ examples: [300] });

/** Pages of a document, of which the first is shown. */
export const Pages = z
  .int()
  .min(1)
  .meta({ examples: [1] });

/** What a person writes below a picture. */
export const Caption = Text.max(2000).meta({ examples: ['Left heel, standing'] });

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
  /** What it must keep to, beyond what every image must. */
  bounds: Bounds.optional(),
  /** Signs the links to the image: deleting the image revokes them. */
  linkSecret: z.string().min(43).optional(),
  fileName: z.string().max(255),
  /** As declared while pending, as found in the bytes afterwards. */
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
  /** By the clock of the camera and with its offset; a camera that does not know its offset counts as one of UTC. */
  capturedAt: Timestamp.optional(),
  category: Category,
  caption: z.string(),
  dateTaken: Day.optional(),
  /** Place within its batch; images of equal order stand in the order of their upload. */
  order: z.int(),
  status: ImageStatus,
  statusReason: z.string().optional(),
  /** S3 key of the original, once ready. */
  key: z.string().optional(),
  uploadedAt: Timestamp,
  /** The same moment by the clock of the clinic. */
  uploadedLocal: LocalTime,
  uploadedBy: Subject,
  source: Source,
  updatedAt: Timestamp,
});
export type Image = z.infer<typeof Image>;

/** An image whose original and renditions are in S3. */
export type ReadyImage = Image & { status: 'ready'; key: string; crc32: string };

export const isReady = (image: Image): image is ReadyImage => image.status === 'ready';

/**
 * The image, if its bytes are there and are a picture.
 *
 * @throws DomainError NOT_FOUND with the reason why there is nothing to show
 */
export function requireReady(image: Image): ReadyImage {
  if (isReady(image)) return image;
  throw new DomainError('NOT_FOUND', 'There is nothing to show of this image.', {
    details: [
      image.status === 'pending' ? 'its upload is not complete' : `it was rejected: ${image.statusReason}`,
    ],
  });
}

/**
 * The image, unless its bytes are still being looked at.
 *
 * @throws DomainError SERVICE_UNAVAILABLE: a moment later there is an answer
 */
export function requireDecided(image: Image): Image {
  if (image.status !== 'pending') return image;
  throw new DomainError('SERVICE_UNAVAILABLE', 'The image is not ready yet.', {
    headers: { 'retry-after': '2' },
  });
}

/** What fits into the 6 MB of a Lambda's answer in base64, with room for the rest (Lambda quotas, "Invocation payload"). */
const INLINE_BYTES = 4_400_000;

/**
 * The image, if its original is small enough to go into JSON.
 *
 * @throws DomainError PAYLOAD_TOO_LARGE, naming the way that has no such limit
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
 * Whether the original is more than pixels. A PDF may hold scripts, forms and links, and would run them in the browser
 * under the service's own address: it is handed out as a file to keep, and shown by its preview.
 */
export const isActive = ({ mimeType }: Image): boolean => mimeType === 'application/pdf';

/** The extension of a file name without its dot, or an empty string. */
const extension = (name: string): string => /\.([A-Za-z0-9]{1,10})$/.exec(name)?.[1] ?? '';

/** The name cut to the 255 characters that are stored; the extension survives. */
export function storedFileName(name: string): string {
  if (name.length <= 255) return name;
  const tail = extension(name);
  const end = tail ? `.${tail}` : '';
  // Not in the middle of a surrogate pair: half a character is not valid UTF-8 when it leaves.
  return (
    name
      .slice(0, 255 - end.length)
      .toWellFormed()
      .replace(/\uFFFD$/, '') + end
  );
}
