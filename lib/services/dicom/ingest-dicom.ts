import { createHash } from 'node:crypto';
import type { DicomIntake } from '../../data/dicom/dicom-intake.ts';
import type { DicomItems } from '../../data/dicom/dicom-items.ts';
import type { ExamLinks } from '../../data/exam-links.ts';
import type { Patients } from '../../data/patients.ts';
import type { Caller } from '../../domain/access/caller.ts';
import { recordAccess } from '../../domain/audit/audit-context.ts';
import {
  type DicomInstance,
  type NewDicom,
  newDicom,
  requireNotDeleted,
  requireOwnDicom,
  type StoredDicom,
  sopUidConflict,
  toStoredDicom,
} from '../../domain/dicom/dicom-instance.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Limits } from '../../domain/limits/limits.ts';
import { storageQuotasOf } from '../../domain/limits/storage-quota.ts';
import type { Patient } from '../../domain/patients/patient.ts';
import { patientFromDicom } from '../../domain/patients/patient-from-dicom.ts';
import { base64Crc32 } from '../../media/base64-crc32.ts';
import { describeDicom } from '../../media/dicom/parse/describe-dicom.ts';
import { BULK_DATA, dicomJsonKey, dicomKey } from '../../storage/object-keys.ts';
import type { SignedObjects } from '../../storage/signed-objects.ts';
import { metadataText, packMetadata } from './metadata-text.ts';

export interface IngestDeps {
  dicomIntake: Pick<DicomIntake, 'getStored' | 'readFor' | 'store'>;
  objects: Pick<SignedObjects, 'create' | 'delete'>;
  examLinks: Pick<ExamLinks, 'linkInstance'>;
  patients: Pick<Patients, 'change' | 'getMany'>;
  /** The clinic's own Issuers of Patient ID. */
  ownIssuers: readonly string[];
  limits: Limits;
  now: () => Date;
}

/** An inspected file: the records to store, and the description for the uploader. */
export interface InspectedDicom extends NewDicom {
  /** The metadata of the whole file, if they are too long for the item of the instance. */
  json?: Uint8Array | undefined;
  mainTags: Record<string, string>;
}

/** What is known of a file before it is stored. */
export interface KnownDicom extends DicomItems {
  /** The directory's entry of the patient named in the file, if there is one. */
  entries: ReadonlyMap<string, Patient>;
}

/** A stored file. */
export interface IngestedDicom {
  answer: StoredDicom;
  /** The patient of its study; null if the study is unassigned. */
  patientId: string | null;
}

/**
 * Inspects an uploaded file.
 *
 * @throws RejectedImage if it is not a DICOM instance
 */
export function inspectDicom(
  caller: Caller,
  bytes: Uint8Array,
  { ownIssuers, now }: Pick<IngestDeps, 'ownIssuers' | 'now'>,
): InspectedDicom {
  const described = describeDicom(bytes, (path) => BULK_DATA + path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const dicom = newDicom(described, { bytes: bytes.length, sha256 }, caller, ownIssuers, now());
  const text = metadataText(described, dicom.instance);
  const metadata = packMetadata(text);
  return {
    ...dicom,
    instance: { ...dicom.instance, ...(metadata !== undefined && { metadata }) },
    json: metadata === undefined ? Buffer.from(text) : undefined,
    mainTags: described.mainTags,
  };
}

/**
 * Stores a DICOM file: first its bytes, and metadata that are too long for an item, in the bucket, then its items in the table.
 *
 * In this order, every instance in the table can be read. If the function ends in between, nothing refers to the
 * objects, and the next upload of the same file writes them again. If another file with the same SOP Instance UID is
 * stored concurrently, the objects are deleted: their keys contain the file's hash and belong to no other file.
 *
 * @throws DomainError FORBIDDEN if a patient uploads a file of another patient, CONFLICT with what is stored, PAYLOAD_TOO_LARGE if
 *   it does not fit into a quota
 */
export async function ingestDicom(
  caller: Caller,
  dicom: InspectedDicom,
  bytes: Uint8Array,
  deps: IngestDeps,
): Promise<IngestedDicom> {
  const known = await findStored(caller, dicom, deps);
  if (known.instance) return completeStored(caller, dicom, known.instance, known, deps);
  const patientId = await storeNew(caller, dicom, bytes, known, deps);
  return complete(caller, dicom, dicom.instance, { patientId, entries: known.entries }, deps);
}

/**
 * Returns the study and the series of the file and the entry of its patient, as far as they exist, and the instance if this file is
 * stored already.
 *
 * @throws DomainError FORBIDDEN if a patient uploads a file of another patient, CONFLICT with what is stored
 */
export async function findStored(
  caller: Caller,
  dicom: InspectedDicom,
  { dicomIntake, patients }: Pick<IngestDeps, 'dicomIntake' | 'patients'>,
): Promise<KnownDicom> {
  const { instance } = dicom;
  const { patientId } = dicom.study;
  requireOwnDicom(caller, dicom);
  // Asked for at the same moment, so that they are one read.
  const [known, entries] = await Promise.all([
    dicomIntake.readFor(instance),
    patients.getMany(patientId === null ? [] : [patientId]),
  ]);
  if (known.instance && known.instance.sha256 !== instance.sha256) throw sopUidConflict(instance);
  if (known.instance) requireNotDeleted(instance, Object.values(known));
  return { ...known, entries };
}

/** Does what remains to be done for an instance that is stored already: the function that stored it may have ended before. */
export const completeStored = (
  caller: Caller,
  dicom: InspectedDicom,
  stored: DicomInstance,
  { study, entries }: KnownDicom,
  deps: IngestDeps,
): Promise<IngestedDicom> =>
  complete(caller, dicom, stored, { patientId: study?.patientId ?? null, entries }, deps);

/** Links a stored instance to exams, and enters what it says of its patient into the directory. */
async function complete(
  caller: Caller,
  dicom: InspectedDicom,
  instance: DicomInstance,
  { patientId, entries }: Pick<KnownDicom, 'entries'> & Pick<IngestedDicom, 'patientId'>,
  { examLinks, patients, now }: IngestDeps,
): Promise<IngestedDicom> {
  const named = dicom.study.patientId;
  // The directory costs one read for each instance, and one write for the first. In a study that was assigned by hand, files may name
  // another patient.
  await Promise.all([
    examLinks.linkInstance(instance),
    named !== null &&
      named === patientId &&
      patients.change(named, (known) => patientFromDicom(known, dicom, now()), entries),
  ]);
  recordAccess(caller, 'study', { patientId });
  return { answer: toStoredDicom(instance, dicom.mainTags), patientId };
}

/** Returns the patient of the study in which the file is stored. */
async function storeNew(
  caller: Caller,
  dicom: InspectedDicom,
  bytes: Uint8Array,
  known: DicomItems,
  { dicomIntake, objects, limits }: Pick<IngestDeps, 'dicomIntake' | 'objects' | 'limits'>,
): Promise<string | null> {
  const { instance, json } = dicom;
  const files = [
    { key: dicomKey(instance), bytes, mimeType: 'application/dicom' },
    ...(json ? [{ key: dicomJsonKey(instance), bytes: json, mimeType: 'application/dicom+json' }] : []),
  ];
  await Promise.all(
    files.map(({ key, ...file }) => objects.create(key, { ...file, crc32: base64Crc32(file.bytes) })),
  );
  try {
    return (await dicomIntake.store(dicom, storageQuotasOf(caller, limits), known)).patientId;
  } catch (error) {
    // A deleted instance keeps its objects, which are the same if it was sent again.
    const isRefused = error instanceof DomainError;
    const known = isRefused ? await dicomIntake.getStored(instance.sopUid) : undefined;
    if (isRefused && known?.sha256 !== instance.sha256)
      await Promise.all(files.map(({ key }) => objects.delete(key)));
    throw error;
  }
}
