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
import { DomainError } from '../../lib/domain/errors.ts';
import { environment } from '../../lib/http/environment.ts';
import { base64Crc32 } from '../../lib/media/base64-crc32.ts';
import { describeDicom } from '../../lib/media/dicom/describe-dicom.ts';
import { dicomJsonText } from '../../lib/media/dicom/dicom-json.ts';
import { BULK_DATA, dicomJsonKey, dicomKey } from '../../lib/storage/object-keys.ts';
import { ObjectWriter } from '../../lib/storage/object-writer.ts';

export interface TakeDeps {
  store: Pick<DicomStore, 'getInstance' | 'store'>;
  objects: Pick<ObjectWriter, 'create' | 'delete'>;
  exams: Pick<ExamImages, 'tie'>;
  now: () => Date;
}

export const connectTake = (): TakeDeps => {
  const table = connectTable(environment.tableName);
  return {
    store: new DicomStore(table),
    objects: new ObjectWriter(environment.bucketName),
    exams: new ExamImages(table),
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
export function lookAtDicom(caller: Caller, bytes: Uint8Array, now: Date): SeenDicom {
  const described = describeDicom(bytes, (path) => BULK_DATA + path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const dicom = newDicom(described, { bytes: bytes.length, sha256 }, caller, now);
  const json = Buffer.from(dicomJsonText(described.json));
  return { ...dicom, json, answer: toStoredDicom(dicom.instance, described.mainTags) };
}

/**
 * Takes in a DICOM file: its bytes and its metadata into the bucket, then all that is counted and searched into the table.
 *
 * In this order, so that what is found can be read. What is written and not counted, because we died between the two, is
 * found by nobody, and is the same when the file comes again. What lost a race against another file goes again: its key,
 * which has its hash, is of no other.
 *
 * @throws DomainError FORBIDDEN where it is not the patient's who brings it, CONFLICT with what is stored
 */
export async function takeDicom(
  caller: Caller,
  dicom: SeenDicom,
  bytes: Uint8Array,
  { store, objects, exams }: TakeDeps,
): Promise<void> {
  const { instance, json } = dicom;
  requireOwnFile(caller, instance);
  const known = await store.getInstance(instance.sopUid);
  // Again, for whoever stored it may have died before it was tied.
  if (known?.sha256 === instance.sha256) return exams.tie(known);
  if (known) throw otherBytes(instance);
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
  await exams.tie(instance);
}
