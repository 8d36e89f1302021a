import * as z from 'zod';
import { maySee } from './access.ts';
import { type Bounds, outOfBounds } from './bounds.ts';
import type { Caller } from './caller.ts';
import { DomainError } from './errors.ts';
import { EXAMPLE_ID, Id, PatientId, RecordId, Timestamp } from './identifiers.ts';
import { Bytes, Dpi, FileName, Height, type Image, MimeType, Pages, Width } from './image.ts';
import type { Limits } from './limits.ts';
import type { RecordType } from './record-type.ts';
import { opens } from './scope.ts';
import { Source } from './source.ts';
import { RECORD_TYPES } from './upload.ts';

/** What every picture that comes with a record must keep to, whichever way its bytes take. */
export const recordBounds = ({ recordSideMinimum, recordSideMaximum }: Limits): Bounds => ({
  mimeTypes: [...RECORD_TYPES],
  sideMinimum: recordSideMinimum,
  sideMaximum: recordSideMaximum,
});

/** The kinds of record whose images can be asked for. */
export const ListedRecordType = z
  .enum(['pos_event', 'prescription', 'patient', 'delivery'])
  .meta({ examples: ['prescription'] });

interface Picture {
  mimeType: string;
  width?: number | undefined;
  height?: number | undefined;
}

/**
 * The picture that the bytes are, if they are one and it keeps to its bounds.
 *
 * @param found in the bytes: a picture, or what they are instead
 * @throws DomainError UNSUPPORTED_MEDIA_TYPE, BAD_REQUEST
 */
export function requireRecordPicture<T extends Picture>(
  found: T | { fault: 'unsupported' | 'damaged'; is: string },
  { mimeTypes, ...bounds }: Bounds,
): T {
  if (!('fault' in found) && mimeTypes.includes(found.mimeType)) {
    const fault = outOfBounds({ mimeTypes, ...bounds }, found);
    if (fault === undefined) return found;
    throw new DomainError('BAD_REQUEST', 'Invalid image data', { details: [`image_data: ${fault}`] });
  }
  const is = 'fault' in found ? found.is : found.mimeType;
  if ('fault' in found && found.fault === 'damaged') {
    throw new DomainError('BAD_REQUEST', 'Invalid image data', { details: [`image_data is ${is}`] });
  }
  throw new DomainError('UNSUPPORTED_MEDIA_TYPE', 'Invalid image format', {
    details: [`image_data is ${is}; expected one of ${mimeTypes.join(', ')}`],
  });
}

/** The fields of a new image that link it, in the style of the Records endpoints. */
export const RecordLinks = {
  patient_id: PatientId.optional().describe("A patient's is always their own."),
  user_id: RecordId.optional(),
  item_id: RecordId.optional(),
  pos_event_id: RecordId.optional(),
  compound_batch_id: RecordId.optional(),
  delivery_id: RecordId.optional(),
  prescription_id: RecordId.optional(),
};

type LinkFields = { [Field in keyof typeof RecordLinks]?: string | undefined };

/** What a new image is linked to: its patient, and the other records. */
export function linksOf({
  patient_id: patientId,
  ...others
}: LinkFields): Pick<Image, 'patientId' | 'links'> {
  const links: Image['links'] = {
    user: others.user_id,
    item: others.item_id,
    pos_event: others.pos_event_id,
    compound_batch: others.compound_batch_id,
    delivery: others.delivery_id,
    prescription: others.prescription_id,
  };
  const given = Object.entries(links).filter(([, recordId]) => recordId !== undefined);
  return { patientId, links: Object.fromEntries(given) };
}

/**
 * The links that the caller may make: a service those that its scopes open, a patient none but to themselves, who
 * need not say so.
 *
 * Whose a prescription or a sale is stands in another system, so that a patient who names one may name anybody's.
 *
 * @throws DomainError FORBIDDEN for a service, NOT_FOUND for a patient: the records of others do not exist for them
 */
export function requireMayLink(
  caller: Caller,
  { patientId, links = {} }: Pick<Image, 'patientId' | 'links'>,
): Pick<Image, 'patientId' | 'links'> {
  const others = Object.keys(links) as (keyof typeof links)[];
  if (caller.role === 'service') {
    const types: RecordType[] = patientId === undefined ? others : ['patient', ...others];
    const shut = types.filter((type) => !opens(caller.scopes, type, 'write'));
    if (types.length === 0 && !caller.scopes.includes('*:write')) throw missingScopes(['*:write']);
    if (shut.length > 0) throw missingScopes(shut.map((type) => `${type}:write`));
  }
  if (caller.role !== 'patient') return { patientId, links };
  if (others.length > 0) throw new DomainError('NOT_FOUND', `There is no such ${others[0]}.`);
  if (patientId !== undefined && !maySee(caller, patientId)) {
    throw new DomainError('NOT_FOUND', 'There is no such patient.');
  }
  return { patientId: caller.patientId };
}

/**
 * Whose images of the record the caller may see: one patient's, or (undefined) everybody's.
 *
 * @throws DomainError FORBIDDEN for a service without the scope, NOT_FOUND for another patient
 */
export function visibleOfRecord(caller: Caller, type: RecordType, recordId: string): string | undefined {
  if (caller.role === 'service' && !opens(caller.scopes, type, 'read')) throw missingScopes([`${type}:read`]);
  if (caller.role !== 'patient') return undefined;
  if (type === 'patient' && !maySee(caller, recordId)) throw noImages();
  return caller.patientId;
}

const missingScopes = (scopes: readonly string[]) =>
  new DomainError('FORBIDDEN', 'Insufficient permissions', {
    details: scopes.map((scope) => `the scopes of the key must have ${scope}`),
  });

/** The answer to who asks for a record without images, or for one of somebody else. */
export const noImages = () => new DomainError('NOT_FOUND', 'Image not found');

/**
 * Whether there is a picture to list: it is ready, or was measured when it came and is still being worked on. Who was
 * given an upload URL and did not use it has none.
 */
export const isPicture = ({ status, width }: Image): boolean =>
  status === 'ready' || (status === 'pending' && width !== undefined);

/** An image in the field style of the Records endpoints. */
export const RecordImage = z.strictObject({
  id: Id,
  name: FileName,
  url: z
    .url()
    .describe('Good for 24 hours, for whoever has it.')
    .meta({
      examples: [`https://images.clinic.example/api/v2/links/${EXAMPLE_ID}.…`],
    }),
  content_type: MimeType,
  size: Bytes.describe('Bytes.'),
  created_at: Timestamp.describe(
    'When the picture was taken, by the clock of the camera and with its offset (Z where that is unknown); else uploaded.',
  ),
  metadata: z
    .strictObject({
      width: Width.nullable(),
      height: Height.nullable(),
      dpi: Dpi.nullable(),
      pages: Pages.optional(),
    })
    .describe('Pixels; null while the bytes are still to come, or where the file does not say.'),
  source: Source,
});

/** The image as the Records endpoints show it. */
export const toRecordImage = (image: Image, url: string): z.infer<typeof RecordImage> => ({
  id: image.id,
  name: image.fileName,
  url,
  content_type: image.mimeType,
  size: image.fileSize,
  created_at: image.capturedAt ?? image.uploadedAt,
  metadata: {
    width: image.width ?? null,
    height: image.height ?? null,
    dpi: image.dpi ?? null,
    ...(image.pages && { pages: image.pages }),
  },
  source: image.source,
});
