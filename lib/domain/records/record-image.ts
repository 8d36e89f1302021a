import { maySee } from '../access/access.ts';
import type { Caller } from '../access/caller.ts';
import { hasScope } from '../access/scope.ts';
import { DomainError } from '../errors.ts';
import type { Image } from '../images/image.ts';
import { type Bounds, outOfBounds } from '../images/image-bounds.ts';
import { isBeingChecked } from '../images/image-status.ts';
import type { Limits } from '../limits/limits.ts';
import { normalizePatientId } from '../patients/normalize-patient-id.ts';
import { RECORD_TYPES } from '../uploads/upload.ts';
import type { RecordType } from './record-type.ts';

/** The limits of every image of a record, for all upload methods. */
export const recordBounds = ({ recordSideMinimum, recordSideMaximum }: Limits): Bounds => ({
  mimeTypes: [...RECORD_TYPES],
  sideMinimum: recordSideMinimum,
  sideMaximum: recordSideMaximum,
});

interface Picture {
  mimeType: string;
  width?: number | undefined;
  height?: number | undefined;
}

/**
 * Returns the detected image if it keeps to its bounds.
 *
 * @param found the detected image, or why the bytes are not an image
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

/**
 * Returns the links that the caller may create: a service those that its scopes allow, a patient only the one to
 * themselves, which is added if missing.
 *
 * Other systems store to which patient a prescription or a sale belongs. A patient's link to one can't be verified, so
 * it is refused.
 *
 * @throws DomainError FORBIDDEN for a service, NOT_FOUND for a patient: other records do not exist for them
 */
export function requireMayLink(
  caller: Caller,
  { patientId, links = {} }: Pick<Image, 'patientId' | 'links'>,
): Pick<Image, 'patientId' | 'links'> {
  const others = Object.keys(links) as (keyof typeof links)[];
  if (caller.role === 'service') {
    const types: RecordType[] = patientId === undefined ? others : ['patient', ...others];
    const shut = types.filter((type) => !hasScope(caller.scopes, type, 'write'));
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

/** The number under which a record is stored: a patient's in its normal form, others as written. */
export const storedRecordId = (type: RecordType, recordId: string): string =>
  type === 'patient' ? normalizePatientId(recordId) : recordId;

/**
 * Returns the patient whose images of the record the caller may see; undefined means all patients.
 *
 * @throws DomainError FORBIDDEN for a service without the scope, NOT_FOUND for another patient
 */
export function visibleOfRecord(caller: Caller, type: RecordType, recordId: string): string | undefined {
  if (caller.role === 'service' && !hasScope(caller.scopes, type, 'read'))
    throw missingScopes([`${type}:read`]);
  if (caller.role !== 'patient') return undefined;
  if (type === 'patient' && !maySee(caller, recordId)) throw imageNotFound();
  return caller.patientId;
}

const missingScopes = (scopes: readonly string[]) =>
  new DomainError('FORBIDDEN', 'Insufficient permissions', {
    details: scopes.map((scope) => `the scopes of the key must have ${scope}`),
  });

/** The error for a record without images, or for a record of another patient. */
export const imageNotFound = () => new DomainError('NOT_FOUND', 'Image not found');

/**
 * Whether the image is listed: it is ready, or its bytes were measured in the request and are still being processed. An
 * unused upload URL is not listed.
 */
export const isPicture = (image: Image): boolean =>
  image.status === 'ready' || (isBeingChecked(image) && image.width !== undefined);
