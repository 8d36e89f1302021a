import type { Batches } from '../../data/batches.ts';
import type { DicomDeletions } from '../../data/dicom/dicom-deletions.ts';
import type { DeletedImages } from '../../data/images/deleted-images.ts';
import type { ImageMoves } from '../../data/images/image-moves.ts';
import type { ImageRemovals } from '../../data/images/image-removals.ts';
import type { Images } from '../../data/images/images.ts';
import type { KeyAdministration } from '../../data/key-administration.ts';
import type { AuditEvent } from '../../domain/audit/audit-event.ts';
import { deletionBy } from '../../domain/deletion.ts';
import { newDicomDeletion } from '../../domain/dicom/dicom-deletion.ts';
import type { DicomPath } from '../../domain/dicom/uids.ts';
import { DomainError } from '../../domain/errors.ts';
import { isReady } from '../../domain/images/image.ts';
import type { Limits } from '../../domain/limits/limits.ts';
import { DICOM } from '../../storage/object-keys.ts';
import type { Objects } from '../../storage/objects.ts';
import { type SettleDeps, settleBatch } from '../images/settle-batch.ts';
import { idsIn } from './changes-since.ts';

export interface RepeatDeps extends SettleDeps {
  batches: SettleDeps['batches'] &
    Pick<Batches, 'get' | 'getDeleted' | 'delete' | 'restore' | 'erase' | 'move'>;
  images: Pick<Images, 'get' | 'allInBatch'>;
  imageRemovals: SettleDeps['imageRemovals'] & Pick<ImageRemovals, 'delete' | 'erase'>;
  deletedImages: SettleDeps['deletedImages'] &
    Pick<DeletedImages, 'get' | 'restore' | 'erase' | 'eraseAllOf'>;
  imageMoves: SettleDeps['imageMoves'] & Pick<ImageMoves, 'moveImage'>;
  dicomDeletions: Pick<DicomDeletions, 'get' | 'delete' | 'restore' | 'erase'>;
  keyAdministration: Pick<KeyAdministration, 'revoke'>;
  bucket: Pick<Objects, 'head' | 'list'>;
  limits: Limits;
  newId: () => string;
}

type Repeat = (event: AuditEvent, deps: RepeatDeps) => Promise<unknown>;

const eachImage =
  (repeat: (id: string, event: AuditEvent, deps: RepeatDeps) => Promise<unknown>): Repeat =>
  async (event, deps) => {
    for (const id of idsIn(event, 'image')) await repeat(id, event, deps);
  };
const eachBatch =
  (repeat: (id: string, event: AuditEvent, deps: RepeatDeps) => Promise<unknown>): Repeat =>
  async (event, deps) => {
    for (const id of idsIn(event, 'batch')) await repeat(id, event, deps);
  };

/**
 * What is done again, by the ids of its operations: what would otherwise show pictures to people who may not see them any more, or
 * lose what somebody has saved from its erasure. Each changes nothing if it is repeated.
 */
export const REPEATED: Readonly<Record<string, Repeat>> = {
  'delete-image': eachImage(deleteImage),
  'delete-case-image': eachImage(deleteImage),
  'restore-image': eachImage(async (id, _event, { deletedImages, now }) => {
    const image = await deletedImages.get(id, now());
    if (image) await deletedImages.restore(image, now());
  }),
  'move-image': moveImage,
  'delete-batch': eachBatch(deleteBatch),
  'restore-batch': eachBatch(async (id, _event, deps) => {
    const batch = await deps.batches.getDeleted(id, deps.now());
    const restored = batch && (await deps.batches.restore(batch, deps.now()));
    if (restored) await settleBatch(restored, deps);
  }),
  'move-batch': eachBatch(moveBatch),
  'delete-instances': deleteDicom,
  'restore-instances': async ({ path }, { dicomDeletions, now }) => {
    const deleted = await dicomDeletions.get(dicomPathOf(path), now());
    if (deleted) await dicomDeletions.restore(deleted.deletion, now());
  },
  'revoke-api-key': ({ path }, { keyAdministration, now }) =>
    keyAdministration.revoke(path.split('/').at(-1) ?? '', now()),
};

/**
 * Does again what was done since the backup, in the order in which it was done.
 *
 * @returns the events that were repeated, and those that were not: somebody has to look at these
 */
export async function repeatChanges(events: readonly AuditEvent[], deps: RepeatDeps) {
  const repeated: AuditEvent[] = [];
  const left: AuditEvent[] = [];
  for (const event of events) {
    const repeat = REPEATED[event.action];
    if (event.outcome !== 'success' || !repeat) {
      left.push(event);
      continue;
    }
    try {
      await repeat(event, deps);
      repeated.push(event);
    } catch (error) {
      // As of an image under a legal hold that was released since.
      if (!(error instanceof DomainError)) throw error;
      left.push(event);
    }
  }
  return { repeated, left };
}

/** The deletion of an event, which can be undone as long as it could be then. */
const deletionOf = ({ subject, at }: AuditEvent, { limits }: RepeatDeps) =>
  deletionBy({ subject: subject ?? 'unknown' }, new Date(at), limits);

/** An image whose original is gone was erased, then or later. */
async function deleteImage(id: string, event: AuditEvent, deps: RepeatDeps): Promise<void> {
  const { images, imageRemovals, deletedImages, bucket, now } = deps;
  const image = await images.get(id);
  const isErased = async (key: string | undefined) => key !== undefined && !(await bucket.head(key));
  if (image) {
    if (await isErased(image.key)) return imageRemovals.erase(image);
    return imageRemovals.delete(image, deletionOf(event, deps));
  }
  const deleted = await deletedImages.get(id, now());
  if (deleted && (await isErased(deleted.key))) await deletedImages.erase(deleted);
}

/** A batch was erased if it had images and all of their originals are gone. */
async function deleteBatch(id: string, event: AuditEvent, deps: RepeatDeps): Promise<void> {
  const { batches, images, deletedImages, exports, bucket } = deps;
  const batch = await batches.get(id);
  if (!batch) return;
  const ready = (await Array.fromAsync(images.allInBatch(id))).filter(isReady);
  const heads = await Promise.all(ready.map(({ key }) => bucket.head(key)));
  if (ready.length > 0 && heads.every((head) => head === undefined)) {
    if (await batches.erase(id)) await deletedImages.eraseAllOf(id);
    return exports.endAllOf({ batchId: id, patientId: batch.patientId });
  }
  const deleted = await batches.delete(batch, deletionOf(event, deps));
  if (deleted) await settleBatch(deleted, deps);
}

/** The patients of a move are the former and the new one. */
const newPatientOf = ({ patientIds }: AuditEvent, former: string | undefined): string | undefined => {
  const others = patientIds.filter((id) => id !== former);
  return others.length === 1 ? others[0] : undefined;
};

/** An earlier run has done it: before the backup, nothing was moved later than this event. */
const isMoved = ({ assignment }: { assignment?: { at: string } | undefined }, { at }: AuditEvent): boolean =>
  assignment !== undefined && assignment.at >= at;

async function moveImage(event: AuditEvent, { images, imageMoves }: RepeatDeps): Promise<void> {
  const [id = ''] = idsIn(event, 'image');
  const image = await images.get(id);
  if (!image || !isReady(image) || isMoved(image, event)) return;
  const patientId = newPatientOf(event, image.patientId);
  if (patientId === undefined) return;
  const [batchId] = idsIn(event, 'batch');
  const [caseId] = idsIn(event, 'case');
  const assignment = { by: event.subject ?? 'unknown', at: event.at, reason: event.reason };
  await imageMoves.moveImage(image, { patientId, batchId, caseId }, assignment);
}

async function moveBatch(id: string, event: AuditEvent, deps: RepeatDeps): Promise<void> {
  const batch = await deps.batches.get(id);
  if (!batch || isMoved(batch, event)) return;
  const patientId = newPatientOf(event, batch.patientId);
  if (patientId === undefined) return;
  const { subject, at, reason } = event;
  const assignment = { by: subject ?? 'unknown', at, from: batch.patientId, reason };
  const moved = await deps.batches.move(batch, patientId, assignment);
  if (moved) await settleBatch(moved, deps);
}

/** The study, series or instance in the path of a request. */
export function dicomPathOf(path: string): DicomPath {
  const [, study = '', series, instance] =
    /^\/dicom-web\/studies\/([0-9.]+)(?:\/series\/([0-9.]+))?(?:\/instances\/([0-9.]+))?(?:\/restore)?$/.exec(
      path,
    ) ?? [];
  return { study, series, instance };
}

/** What was deleted was erased if none of its files is left. */
async function deleteDicom(event: AuditEvent, deps: RepeatDeps): Promise<void> {
  const { dicomDeletions, bucket, newId, now } = deps;
  const path = dicomPathOf(event.path);
  await dicomDeletions.delete(newDicomDeletion(path, deletionOf(event, deps), newId()));
  const found = await dicomDeletions.get(path, now());
  if (!found) return;
  const parts = [path.study, path.series, path.instance].filter((uid) => uid !== undefined);
  for await (const page of bucket.list(`${DICOM}${parts.join('/')}/`))
    if (page.some(({ key }) => key.endsWith('.dcm'))) return;
  await dicomDeletions.erase(found.deletion);
}
