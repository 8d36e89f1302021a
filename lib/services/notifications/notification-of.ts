import {
  batchNotification,
  examImageNotification,
  exportNotification,
  imageNotification,
  type Notification,
} from '../../api/notifications.ts';
import type { DicomStore } from '../../data/dicom/dicom-store.ts';
import { Batch } from '../../domain/batches/batch.ts';
import { ExamImage, patientOfExamImage } from '../../domain/exams/exam-image.ts';
import { Export } from '../../domain/exports/export.ts';
import { Image, isReady } from '../../domain/images/image.ts';
import type { ChangedItem } from '../../lambda/events/serve-item-changes.ts';
import { renditionKey } from '../../storage/object-keys.ts';

/** The attributes that a move changes: the lists in which pages show the item. */
const PLACE = ['patientId', 'batchId', 'caseId'];

/** Returns the messages to open pages about a change, and who may receive them. */
export async function notificationsOf(
  change: ChangedItem,
  dicomStore: Pick<DicomStore, 'patientsOfInstances'>,
): Promise<Notification[]> {
  const { before, after } = change;
  if (!before && isRestored(after)) return [];
  const isMoved = before && after && PLACE.some((name) => before[name] !== after[name]);
  // A moved item is deleted for one patient, and new for the other.
  const changes = isMoved ? [{ before }, { after }] : [change];
  return Promise.all(changes.map((each) => notificationOf(each, dicomStore)));
}

/** Late notifications are of no use either. */
const NEW_WITHIN_MS = 3_600_000;

/**
 * Whether an item that is new in the table is not new: a restore copied it. Messages about each of a clinic's images would keep those
 * about today's waiting.
 */
const isRestored = (item: ChangedItem['after']): boolean => {
  const at = item?.updatedAt ?? item?.createdAt ?? item?.registeredAt;
  return typeof at === 'string' && Date.now() - Date.parse(at) > NEW_WITHIN_MS;
};

async function notificationOf(
  { before, after }: ChangedItem,
  dicomStore: Pick<DicomStore, 'patientsOfInstances'>,
): Promise<Notification> {
  const parsed = <T>(schema: { parse(item: unknown): T }) => ({
    before: before && schema.parse(before),
    after: after && schema.parse(after),
  });
  switch ((after ?? before)?.sk) {
    case 'IMAGE':
      return imageNotification(parsed(Image), (image) =>
        isReady(image) ? renditionKey(image.key, 'thumbnail') : undefined,
      );
    case 'BATCH':
      return batchNotification(parsed(Batch));
    case 'EXPORT':
      return exportNotification(parsed(Export));
    default: {
      const change = parsed(ExamImage);
      const image = change.after;
      const patientId = image && (await patientOfExamImage(image, dicomStore.patientsOfInstances()));
      return examImageNotification(change, patientId);
    }
  }
}
