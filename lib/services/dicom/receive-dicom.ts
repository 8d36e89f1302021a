import type { DicomUploads } from '../../data/dicom/dicom-uploads.ts';
import type { Caller } from '../../domain/access/caller.ts';
import { type StoredDicom, toStoredDicom } from '../../domain/dicom/dicom-instance.ts';
import { newDicomUpload } from '../../domain/dicom/dicom-upload.ts';
import { storageQuotasOf } from '../../domain/limits/storage-quota.ts';
import { base64Crc32 } from '../../media/base64-crc32.ts';
import { incomingDicomKey } from '../../storage/object-keys.ts';
import {
  completeStored,
  findStored,
  type IngestDeps,
  type InspectedDicom,
  ingestDicom,
} from './ingest-dicom.ts';

export interface ReceiveDeps extends IngestDeps {
  /** Whether uploads are scanned for malware. */
  scans: boolean;
  dicomUploads: Pick<DicomUploads, 'create'>;
  newId: () => string;
}

/** A file that a request contained. */
export interface ReceivedDicom {
  /** What is stored, or will be. */
  answer: StoredDicom;
  /** The upload that the malware scanner has to see first. */
  uploadId?: string;
}

/**
 * Stores a DICOM file that a request contained. If uploads are scanned for malware, it becomes an upload like those by signed
 * URLs, which the scanner's verdict stores.
 *
 * @throws DomainError FORBIDDEN if a patient uploads a file of another patient, CONFLICT with what is stored, PAYLOAD_TOO_LARGE if
 *   it does not fit into a quota
 */
export async function receiveDicom(
  caller: Caller,
  dicom: InspectedDicom,
  bytes: Uint8Array,
  deps: ReceiveDeps,
): Promise<ReceivedDicom> {
  const { scans, dicomUploads, objects, limits, newId, now } = deps;
  if (!scans) return ingestDicom(caller, dicom, bytes, deps);
  const known = await findStored(caller, dicom, deps);
  if (known.instance) return completeStored(caller, dicom, known.instance, known, deps);
  const crc32 = base64Crc32(bytes);
  const upload = newDicomUpload({ fileSize: bytes.length, crc32 }, newId(), caller, now());
  await dicomUploads.create([upload], storageQuotasOf(caller, limits));
  await objects.create(incomingDicomKey(upload.id), { bytes, mimeType: 'application/dicom', crc32 });
  return { answer: toStoredDicom(dicom.instance, dicom.mainTags), uploadId: upload.id };
}
