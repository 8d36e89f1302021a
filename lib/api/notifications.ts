import * as z from 'zod';
import { maySee } from '../domain/access/access.ts';
import type { Caller } from '../domain/access/caller.ts';
import type { Batch } from '../domain/batches/batch.ts';
import { type ExamImage, maySeeExamImage, maySeeExams } from '../domain/exams/exam-image.ts';
import { type Export, maySeeExport } from '../domain/exports/export.ts';
import type { Image } from '../domain/images/image.ts';
import { isBeingChecked } from '../domain/images/image-status.ts';
import { BatchImage, toBatchImage } from './views/batch-image.ts';
import { ExportProgress, toExportProgress } from './views/export.ts';
import { ImageMedicale, toImageMedicale } from './views/image-medicale.ts';
import { PatientBatch, toPatientBatch } from './views/patient-batch.ts';

/** As in `GET /api/images/{id}`, without the signed URL. */
const NotifiedImage = BatchImage.omit({ thumbnail_url: true });

/** A message to a WebSocket client. */
export const Message = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('IMAGE_UPLOADED'), image: z.union([NotifiedImage, ImageMedicale]) }),
  ...(['IMAGE_READY', 'IMAGE_REJECTED', 'IMAGE_CHANGED', 'IMAGE_DELETED'] as const).map((type) =>
    z.strictObject({ type: z.literal(type), image: NotifiedImage }),
  ),
  ...(['BATCH_CHANGED', 'BATCH_DELETED'] as const).map((type) =>
    z.strictObject({ type: z.literal(type), batch: PatientBatch }),
  ),
  z.strictObject({ type: z.literal('EXPORT_READY'), export: ExportProgress }),
]);
export type Message = z.infer<typeof Message>;

/** An item before and after a change; undefined before its creation and after its deletion. */
export interface ItemChange<T> {
  before?: T | undefined;
  after?: T | undefined;
}

/** Messages about one change, and who may receive them. */
export interface Notification {
  messages: Message[];
  /** The patient who may receive them; without one, only the clinic's staff may. */
  patientId?: string | undefined;
  /** The person who has begun what they tell the end of, and waits for it, whatever that person's page shows. */
  awaitedBy?: string | undefined;
  isVisibleTo: (caller: Caller) => boolean;
}

/** The notification about an image; none while its upload is pending. */
export function imageNotification(
  { before, after }: ItemChange<Image>,
  thumbnailKeyOf: (image: Image) => string | undefined,
): Notification {
  const show = (image: Image): z.infer<typeof NotifiedImage> => {
    const key = thumbnailKeyOf(image);
    const { thumbnail_url: _thumbnail_url, ...shown } = toBatchImage(
      image,
      key === undefined ? null : { key, url: '' },
    );
    return shown;
  };
  const wasPending = before === undefined || isBeingChecked(before);
  if (!after || after.status === 'deleted') {
    const wasShown = !wasPending && before.status !== 'deleted';
    const messages: Message[] = wasShown ? [{ type: 'IMAGE_DELETED', image: show(before) }] : [];
    return patientNotification(before?.patientId, messages);
  }
  const image = show(after);
  const notification = (
    ...types: ('IMAGE_UPLOADED' | 'IMAGE_READY' | 'IMAGE_REJECTED' | 'IMAGE_CHANGED')[]
  ) =>
    patientNotification(
      after.patientId,
      types.map((type) => ({ type, image })),
    );
  // A restored image is new to the pages.
  const isDecided = wasPending && !isBeingChecked(after);
  if (isDecided || before?.status === 'deleted') {
    const arrival = notification(
      'IMAGE_UPLOADED',
      after.status === 'ready' ? 'IMAGE_READY' : 'IMAGE_REJECTED',
    );
    return isDecided ? { ...arrival, awaitedBy: after.uploadedBy } : arrival;
  }
  const changed = before !== undefined && JSON.stringify(show(before)) !== JSON.stringify(image);
  return changed ? notification('IMAGE_CHANGED') : notification();
}

/** The notification about a batch. A new batch counts as changed. */
export function batchNotification({ before, after }: ItemChange<Batch>): Notification {
  if (after && !after.deletedAt)
    return patientNotification(after.patientId, [{ type: 'BATCH_CHANGED', batch: toPatientBatch(after) }]);
  if (!before || before.deletedAt) return patientNotification(undefined, []);
  return patientNotification(before.patientId, [{ type: 'BATCH_DELETED', batch: toPatientBatch(before) }]);
}

/** The notification that an export is ready. */
export function exportNotification({ before, after }: ItemChange<Export>): Notification {
  const isFirstReady = after?.status === 'ready' && !(before?.status === 'ready' && before.run === after.run);
  const messages: Message[] = isFirstReady ? [{ type: 'EXPORT_READY', export: toExportProgress(after) }] : [];
  return {
    messages,
    patientId: after?.patientId,
    awaitedBy: after?.requestedBy,
    isVisibleTo: (caller) => after !== undefined && maySeeExport(caller, after),
  };
}

/**
 * The notification about an exam image: to the clinic when it is registered, and to its patient once it belongs to the
 * patient.
 *
 * @param patientId the patient of the image: see `patientOfExamImage`
 */
export function examImageNotification(
  { before, after }: ItemChange<ExamImage>,
  patientId: string | null | undefined,
): Notification {
  const isTheirs = typeof patientId === 'string' && after?.storedBy !== before?.storedBy;
  if (!after || (before && !isTheirs)) return { messages: [], isVisibleTo: () => false };
  return {
    messages: [{ type: 'IMAGE_UPLOADED', image: toImageMedicale(after) }],
    patientId: patientId ?? undefined,
    isVisibleTo: (caller) => maySeeExamImage(caller, patientId) && !(before && maySeeExams(caller)),
  };
}

const patientNotification = (patientId: string | undefined, messages: Message[]): Notification => ({
  messages,
  patientId,
  isVisibleTo: (caller) => maySee(caller, patientId),
});
