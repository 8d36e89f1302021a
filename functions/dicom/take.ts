import { createHash } from 'node:crypto';
import { DicomStore } from '../../lib/data/dicom.ts';
import { ExamImages } from '../../lib/data/exam-images.ts';
import { connectTable } from '../../lib/data/table.ts';
import type { Caller } from '../../lib/domain/caller.ts';
import {
  type NewDicom,
  newDicom,
  otherBytes,
  requireOwnFile,
  type StoredDicom,
  toStoredDicom,
} from '../../lib/domain/dicom-instance.ts';
import { sourceAttributes } from '../../lib/domain/dicom-source.ts';
import { DomainError } from '../../lib/domain/errors.ts';
import { note } from '../../lib/domain/trail.ts';
import { environment } from '../../lib/http/environment.ts';
import { base64Crc32 } from '../../lib/media/base64-crc32.ts';
import { describeDicom } from '../../lib/media/dicom/describe-dicom.ts';
import { dicomJsonText } from '../../lib/media/dicom/dicom-json.ts';
import { BULK_DATA, dicomJsonKey, dicomKey } from '../../lib/storage/object-keys.ts';
import { ObjectWriter } from '../../lib/storage/object-writer.ts';

export interface TakeDeps {
  store: Pick<DicomStore, 'getInstance' | 'getStudy' | 'store'>;
  objects: Pick<ObjectWriter, 'create' | 'delete'>;
  exams: Pick<ExamImages, 'tie'>;
  /** Issuers of Patient ID that are the clinic's own. */
  ownIssuers: readonly string[];
  now: () => Date;
}

export const connectTake = (): TakeDeps => {
  const table = connectTable(environment.tableName);
  return {
    store: new DicomStore(table),
    objects: new ObjectWriter(environment.bucketName),
    exams: new ExamImages(table),
    ownIssuers: environment.patientIdIssuers,
    now: () => new Date(),
  };
};

/** A file that was looked at: what is to be kept of it, and what whoever brings it is told. */
export interface SeenDicom extends NewDicom {
  /** The whole metadata. */
  json: Uint8Array;
  answer: StoredDicom;
}

/**
 * Looks at a file that someone brings.
 *
 * @throws RejectedImage where it is no DICOM instance
 */
export function lookAtDicom(
  caller: Caller,
  bytes: Uint8Array,
  { ownIssuers, now }: Pick<TakeDeps, 'ownIssuers' | 'now'>,
): SeenDicom {
  const described = describeDicom(bytes, (path) => BULK_DATA + path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const dicom = newDicom(described, { bytes: bytes.length, sha256 }, caller, ownIssuers, now());
  const json = Buffer.from(
    dicomJsonText({ ...described.json, ...sourceAttributes([dicom.instance.source]) }),
  );
  return { ...dicom, json, answer: toStoredDicom(dicom.instance, described.mainTags) };
}

/**
 * Takes in a DICOM file: its bytes and its metadata into the bucket, then all that is counted and searched into the table.
 *
 * In this order, so that what is found can be read. What is written and not counted, because we died between the two, is
 * found by nobody, and is the same when the file comes again. What lost a race against another file goes again: its key,
 * which has its hash, is of no other.
 *
 * @returns whose it is: null where it is nobody's
 * @throws DomainError FORBIDDEN where it is not the patient's who brings it, CONFLICT with what is stored
 */
export async function takeDicom(
  caller: Caller,
  dicom: SeenDicom,
  bytes: Uint8Array,
  { store, objects, exams }: TakeDeps,
): Promise<string | null> {
  const { instance } = dicom;
  requireOwnFile(caller, dicom);
  const known = await store.getInstance(instance.sopUid);
  if (known && known.sha256 !== instance.sha256) throw otherBytes(instance);
  if (!known) await storeNew(dicom, bytes, { store, objects });
  // Of a known one again, for whoever stored it may have died before it was tied.
  await exams.tie(known ?? instance);
  const study = await store.getStudy(instance.studyUid);
  note(caller, 'study', { patientId: study?.patientId });
  return study?.patientId ?? null;
}

async function storeNew(
  dicom: SeenDicom,
  bytes: Uint8Array,
  { store, objects }: Pick<TakeDeps, 'store' | 'objects'>,
): Promise<void> {
  const { instance, json } = dicom;
  const files = [
    { key: dicomKey(instance), bytes, mimeType: 'application/dicom' },
    { key: dicomJsonKey(instance), bytes: json, mimeType: 'application/dicom+json' },
  ];
  await Promise.all(
    files.map(({ key, ...file }) => objects.create(key, { ...file, crc32: base64Crc32(file.bytes) })),
  );
  try {
    await store.store(dicom);
  } catch (error) {
    if (error instanceof DomainError) await Promise.all(files.map(({ key }) => objects.delete(key)));
    throw error;
  }
}
