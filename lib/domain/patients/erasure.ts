import * as z from 'zod';
import type { Batch } from '../batches/batch.ts';
import type { Case } from '../cases/case.ts';
import type { DicomInstance, DicomStudy } from '../dicom/dicom-instance.ts';
import { DomainError } from '../errors.ts';
import { Id, PatientId, Subject, Timestamp } from '../identifiers.ts';
import type { Image } from '../images/image.ts';
import { Reason } from '../reason.ts';

/** How much of each kind an erasure erases. It says nothing of anybody's health. */
export const ErasedContents = z.object({
  directoryEntry: z.boolean(),
  batches: z.int(),
  cases: z.int(),
  /** Also those that were deleted and could be restored, and pending ones. */
  images: z.int(),
  studies: z.int(),
  instances: z.int(),
  /** The bytes of the images and DICOM files. */
  bytes: z.int(),
});
export type ErasedContents = z.infer<typeof ErasedContents>;

/**
 * The erasure of everything of a patient, and its certificate.
 *
 * `ordered`: nothing is erased yet. `running`: the functions behind the scenes erase. `done`: nothing is left. `stopped`: a legal hold
 * began meanwhile; what it covers is kept.
 */
export const Erasure = z.object({
  id: Id,
  patientId: PatientId,
  status: z.enum(['ordered', 'running', 'done', 'stopped']),
  by: Subject,
  at: Timestamp,
  reason: Reason,
  /** What there was when it was ordered. */
  contents: ErasedContents,
  /** SHA-256 of a line for each file: see `fingerprintOf`. */
  sha256: z.string(),
  /** Since when it runs. The table's stream continues whatever has this attribute. */
  unsettledSince: Timestamp.optional(),
  /** When it was done or stopped. */
  endedAt: Timestamp.optional(),
});
export type Erasure = z.infer<typeof Erasure>;

/** Everything of a patient in the table, also what is deleted and can be restored. */
export interface PatientInventory {
  directoryEntry: boolean;
  batches: Batch[];
  cases: Case[];
  images: Image[];
  studies: DicomStudy[];
}

/**
 * Refuses the erasure of a patient of whom something is under a legal hold.
 *
 * @throws DomainError CONFLICT, with what is held
 */
export function requireNothingHeld({ batches, images, studies }: PatientInventory): void {
  const held = [
    ...images.flatMap(({ id, legalHold }) => (legalHold ? [`the image ${id}: ${legalHold.reason}`] : [])),
    ...studies.flatMap(({ studyUid, legalHold }) =>
      legalHold ? [`the study ${studyUid}: ${legalHold.reason}`] : [],
    ),
  ];
  const heldInBatches = batches.reduce((sum, { heldImages = 0 }) => sum + heldImages, 0);
  if (held.length === 0 && heldInBatches === 0) return;
  throw new DomainError(
    'CONFLICT',
    'Something of this patient is under a legal hold, so that nothing is erased.',
    {
      details: [...held.slice(0, MOST_NAMED), 'an admin can release what is held'],
    },
  );
}

/**
 * Refuses an erasure whose confirmation names another patient.
 *
 * @throws DomainError BAD_REQUEST
 */
export function requireConfirmed(patientId: string, confirm: string): void {
  if (confirm === patientId) return;
  throw new DomainError('BAD_REQUEST', 'Validation failed', {
    details: [`confirm must be the number of the patient, ${patientId}; received ${confirm}`],
  });
}

/** Details of an error: more than a person reads. */
const MOST_NAMED = 20;

export const isEmpty = ({ directoryEntry, batches, cases, images, studies }: PatientInventory): boolean =>
  !directoryEntry && batches.length + cases.length + images.length + studies.length === 0;

export const contentsOf = ({
  directoryEntry,
  batches,
  cases,
  images,
  studies,
}: PatientInventory): ErasedContents => ({
  directoryEntry,
  batches: batches.length,
  cases: cases.length,
  images: images.length,
  studies: studies.length,
  instances: studies.reduce((sum, { keptInstances }) => sum + keptInstances, 0),
  bytes:
    images.reduce((sum, { fileSize }) => sum + fileSize, 0) +
    studies.reduce((sum, { keptBytes }) => sum + keptBytes, 0),
});

/**
 * The lines whose SHA-256 an erasure keeps: `<CRC-32 in hexadecimal> <bytes>` of each image whose bytes were checked, and the SHA-256
 * of each DICOM file, sorted. So whoever has the files can show that they are those that were erased.
 */
export const fingerprintOf = (
  images: readonly Image[],
  instances: readonly Pick<DicomInstance, 'sha256'>[],
): string =>
  [
    ...images.flatMap(({ crc32, key, fileSize }) => (key && crc32 ? [`${hexOf(crc32)} ${fileSize}`] : [])),
    ...instances.map(({ sha256 }) => sha256),
  ]
    .sort()
    .map((line) => `${line}\n`)
    .join('');

/** Base64 as S3 writes checksums. */
const hexOf = (base64: string): string =>
  [...atob(base64)].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
