import type { Batches } from '../../data/batches.ts';
import type { Cases } from '../../data/cases.ts';
import type { DicomUploads } from '../../data/dicom/dicom-uploads.ts';
import type { ImageIntake } from '../../data/images/image-intake.ts';
import type { StoredItems } from '../../data/reconcile/stored-items.ts';
import { Caller } from '../../domain/access/caller.ts';
import { sourceOf } from '../../domain/access/source.ts';
import type { AuditEvent } from '../../domain/audit/audit-event.ts';
import { newDicomUpload } from '../../domain/dicom/dicom-upload.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Image } from '../../domain/images/image.ts';
import { newImage } from '../../domain/images/new-image.ts';
import { type Limits, uploadExpiry } from '../../domain/limits/limits.ts';
import { RecordType } from '../../domain/records/record-type.ts';
import { IMAGE_EXTENSIONS, type ImageType } from '../../domain/uploads/upload.ts';
import type { UploadQueues } from '../../lambda/events/upload-queues.ts';
import { RejectedImage } from '../../media/rejected-image.ts';
import {
  DICOM,
  dicomFileOf,
  IMAGES,
  INCOMING,
  INCOMING_DICOM,
  imageIdOfIncoming,
  imageIdOfOriginal,
  imageIdOfStored,
  incomingKey,
  uploadIdOfIncomingDicom,
} from '../../storage/object-keys.ts';
import type { Objects } from '../../storage/objects.ts';
import { type IngestDeps, ingestDicom, inspectDicom } from '../dicom/ingest-dicom.ts';
import { idsIn } from './changes-since.ts';
import { dicomPathOf } from './repeat-changes.ts';

export interface StoreAgainDeps extends IngestDeps {
  batches: Pick<Batches, 'find' | 'create'>;
  cases: Pick<Cases, 'get' | 'addPending'>;
  imageIntake: Pick<ImageIntake, 'createPending' | 'createLinked'>;
  dicomUploads: Pick<DicomUploads, 'create'>;
  storedItems: Pick<StoredItems, 'statesOfImages' | 'statesOfDicomUploads' | 'hashesOfInstances'>;
  bucket: Pick<Objects, 'list' | 'head' | 'read' | 'copy'>;
  uploadQueues: Pick<UploadQueues, 'send'>;
  limits: Limits;
  timeZone: string;
}

/** What came back, and what did not because nothing says whose it is. */
export interface StoredAgain {
  batches: number;
  images: number;
  dicom: number;
  unknown: string[];
}

/** The operations that create images, and those that delete or move what is in them. */
const IMAGE_CREATIONS = [
  'create-batch-uploads',
  'upload-batch-images',
  'create-case-upload',
  'upload-case-image',
  'create-record-image',
];
const DICOM_UPLOADS = ['create-dicom-upload', 'create-dicom-uploads'];
/** The operations whose results come back, as far as S3 has them, and those whose results are made again on request. */
export const STORED_AGAIN: readonly string[] = [
  ...['create-batch', ...IMAGE_CREATIONS, 'complete-upload'],
  ...['upload-dicom', 'store-instances', 'store-study-instances', ...DICOM_UPLOADS],
  ...['create-export', 'create-patient-export'],
];
const DELETIONS = ['delete-image', 'delete-case-image', 'delete-batch', 'delete-instances'];
const MOVES = ['move-image', 'move-batch', 'assign-case'];

/**
 * Brings back what was stored after the backup: its files are in S3, and the audit log says whose they are. An image is put through
 * the same check as a new upload, which makes its renditions and counts it. What was deleted since stays away. So does what was given
 * to another patient since: its first patient must not see it.
 */
export async function storeAgain(events: readonly AuditEvent[], deps: StoreAgainDeps): Promise<StoredAgain> {
  const done = events.filter(({ outcome }) => outcome === 'success');
  const known = {
    origins: originsOf(done),
    deleted: deletedIn(done),
    moved: new Set(done.filter(({ action }) => MOVES.includes(action)).flatMap(({ resources }) => resources)),
    found: { batches: 0, images: 0, dicom: 0, unknown: [] as string[] },
  };
  for (const event of done.filter(({ action }) => action === 'create-batch'))
    await createBatch(event, known, deps);
  await storeImages(known, deps);
  await storeArrived(known, deps);
  await storeDicom(known, deps);
  await storeArrivedDicom(done, known, deps);
  return known.found;
}

interface Known {
  /** The event that created each image. */
  origins: ReadonlyMap<string, AuditEvent>;
  /** As of {@link deletedIn}. */
  deleted: ReadonlySet<string>;
  /** What was moved to another patient, in the same form. */
  moved: ReadonlySet<string>;
  found: StoredAgain;
}

const originsOf = (events: readonly AuditEvent[]): Map<string, AuditEvent> =>
  new Map(
    events
      .filter(({ action }) => IMAGE_CREATIONS.includes(action))
      .flatMap((event) => idsIn(event, 'image').map((id) => [id, event] as const)),
  );

/** What was deleted and not restored, as `image <id>`, `batch <id>`, or the UID of a study, series or instance. */
export function deletedIn(events: readonly AuditEvent[]): Set<string> {
  const deleted = new Set<string>();
  for (const { action, path, resources, outcome } of events) {
    if (outcome !== 'success') continue;
    const { instance, series, study } = dicomPathOf(path);
    const named = study === '' ? resources : [instance ?? series ?? study];
    for (const each of named) {
      if (DELETIONS.includes(action)) deleted.add(each);
      else if (action.startsWith('restore-')) deleted.delete(each);
    }
  }
  return deleted;
}

/** The caller of a request, as far as what it stores depends on it. */
function callerOf({ role, subject, patientIds: [patientId] }: AuditEvent): Caller {
  const keyId = subject?.replace(/^key:/, '');
  const caller = Caller.safeParse({ role, subject, patientId, keyId, scopes: [] });
  return caller.data ?? { role: 'staff', subject: subject ?? 'unknown' };
}

/** A batch that was created after the backup, with its id and its patient. Its name is lost. */
async function createBatch(event: AuditEvent, known: Known, { batches, now }: StoreAgainDeps) {
  const { deleted, moved, found } = known;
  const [id = ''] = idsIn(event, 'batch');
  const [patientId] = event.patientIds;
  if (patientId === undefined || deleted.has(`batch ${id}`) || (await batches.find(id, now()))) return;
  if (moved.has(`batch ${id}`)) return;
  const name = `Restored (${event.at.slice(0, 10)})`;
  const times = { createdAt: event.at, updatedAt: event.at };
  await batches.create({ id, patientId, name, imageCount: 0, source: sourceOf(callerOf(event)), ...times });
  found.batches += 1;
}

/** Images whose originals were stored after the backup, or checked after it. */
async function storeImages(known: Known, deps: StoreAgainDeps): Promise<void> {
  const { storedItems, bucket } = deps;
  for await (const page of bucket.list(IMAGES)) {
    const originals = page.flatMap(({ key }) => {
      const mimeType = typeOf(key);
      return mimeType ? [{ key, mimeType, id: imageIdOfStored(key) }] : [];
    });
    const states = await storedItems.statesOfImages(originals.map(({ id }) => id));
    for (const { key, mimeType, id } of originals) {
      const state = states.get(id);
      const isWaiting = state !== undefined && ['pending', 'scanning', 'expired', 'failed'].includes(state);
      if (state !== undefined && !isWaiting) continue;
      const head = await bucket.head(key);
      if (!head) continue;
      if (!isWaiting && !(await createImage({ id, key, mimeType, ...head }, known, deps))) continue;
      // As if it were uploaded again: S3 tells the function that checks uploads.
      await bucket.copy(key, head.etag, incomingKey({ id }), mimeType);
      known.found.images += 1;
    }
  }
}

/** Uploads that had arrived, and were not checked yet. */
async function storeArrived(known: Known, deps: StoreAgainDeps): Promise<void> {
  const { storedItems, bucket, uploadQueues } = deps;
  for await (const page of bucket.list(INCOMING)) {
    const states = await storedItems.statesOfImages(page.map(({ key }) => imageIdOfIncoming(key)));
    for (const { key } of page) {
      const id = imageIdOfIncoming(key);
      if (states.has(id)) continue;
      const head = await bucket.head(key);
      if (!head || !(await createImage({ id, key, mimeType: 'image/jpeg', ...head }, known, deps))) continue;
      await uploadQueues.send('make-thumbnail', key);
      known.found.images += 1;
    }
  }
}

/** The media type of an original by its key; undefined for a rendition. */
const typeOf = (key: string): ImageType | undefined =>
  imageIdOfOriginal(key) === imageIdOfStored(key)
    ? (Object.entries(IMAGE_EXTENSIONS).find(([, extension]) => key.endsWith(`.${extension}`))?.[0] as
        | ImageType
        | undefined)
    : undefined;

interface File {
  id: string;
  key: string;
  mimeType: ImageType;
  bytes: number;
  crc32: string | undefined;
}

/** Returns false if it was deleted, or nothing says whose it is. */
async function createImage(file: File, known: Known, deps: StoreAgainDeps): Promise<boolean> {
  const { origins, deleted, moved, found } = known;
  const { batches, cases, imageIntake, limits, timeZone, now } = deps;
  const { id, mimeType, bytes: fileSize } = file;
  const origin = origins.get(id);
  const [batchId] = origin ? idsIn(origin, 'batch') : [];
  if (deleted.has(`image ${id}`) || (batchId && deleted.has(`batch ${batchId}`))) return false;
  const [caseId] = origin ? idsIn(origin, 'case') : [];
  const isMoved = [`image ${id}`, `batch ${batchId}`, `case ${caseId}`].some((each) => moved.has(each));
  if (!origin || isMoved || (batchId && !(await batches.find(batchId, now())))) {
    found.unknown.push(file.key);
    return false;
  }
  const [patientId] = origin.patientIds;
  const links = linksIn(origin);
  const caller = callerOf(origin);
  const given = { id, fileName: `${id}.${IMAGE_EXTENSIONS[mimeType]}`, mimeType, fileSize };
  const place = { patientId, batchId, caseId, ...(links && { links }) };
  const image: Image = newImage({ ...given, ...place }, caller, new Date(origin.at), timeZone);
  if (caseId !== undefined && patientId !== undefined) {
    const inCase = { ...image, caseId, patientId };
    const expiry = uploadExpiry(limits, now());
    await cases.addPending(inCase, await cases.get(caseId, now()), now(), expiry, caller);
  } else if (links) await imageIntake.createLinked(image);
  else await imageIntake.createPending([image]);
  return true;
}

function linksIn(event: AuditEvent): Image['links'] {
  const types = RecordType.exclude(['patient']).options;
  const links = types.flatMap((type) => idsIn(event, type).map((id) => [type, id] as const));
  return links.length > 0 ? Object.fromEntries(links) : undefined;
}

/** DICOM files that were stored after the backup: each says itself what it is. */
async function storeDicom({ deleted, found }: Known, deps: StoreAgainDeps): Promise<void> {
  const { storedItems, bucket } = deps;
  const caller: Caller = { role: 'staff', subject: 'restore' };
  for await (const page of bucket.list(DICOM)) {
    const files = page.flatMap(({ key }) => (key.endsWith('.dcm') ? (dicomFileOf(key) ?? []) : []));
    const hashes = await storedItems.hashesOfInstances(files.map(({ sopUid }) => sopUid));
    for (const { key, sopUid } of files) {
      if (hashes.has(sopUid) || key.split('/').some((part) => deleted.has(part))) continue;
      const bytes = await bucket.read(key);
      if (!bytes) continue;
      try {
        await ingestDicom(caller, inspectDicom(caller, bytes, deps), bytes, deps);
        found.dicom += 1;
      } catch (error) {
        if (!(error instanceof DomainError || error instanceof RejectedImage)) throw error;
        found.unknown.push(key);
      }
    }
  }
}

/** DICOM uploads by signed URLs that had arrived, and were not checked yet. */
async function storeArrivedDicom(events: readonly AuditEvent[], { found }: Known, deps: StoreAgainDeps) {
  const { storedItems, bucket, dicomUploads, uploadQueues } = deps;
  const origins = new Map(
    events
      .filter(({ action }) => DICOM_UPLOADS.includes(action))
      .flatMap((event) => idsIn(event, 'upload').map((id) => [id, event] as const)),
  );
  for await (const page of bucket.list(INCOMING_DICOM)) {
    const states = await storedItems.statesOfDicomUploads(
      page.map(({ key }) => uploadIdOfIncomingDicom(key)),
    );
    for (const { key } of page) {
      const id = uploadIdOfIncomingDicom(key);
      const [origin, head] = [origins.get(id), await bucket.head(key)];
      if (states.has(id) || !head) continue;
      if (!origin) {
        found.unknown.push(key);
        continue;
      }
      const announced = { fileSize: head.bytes, crc32: head.crc32 };
      await dicomUploads.create([newDicomUpload(announced, id, callerOf(origin), new Date(origin.at))]);
      await uploadQueues.send('ingest-dicom', key);
      found.dicom += 1;
    }
  }
}
