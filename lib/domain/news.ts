import * as z from 'zod';
import { maySee } from './access.ts';
import type { Batch } from './batch.ts';
import { BatchImage, toBatchImage } from './batch-image.ts';
import type { Caller } from './caller.ts';
import {
  type ExamImage,
  ImageMedicale,
  maySeeExamImage,
  maySeeExams,
  toImageMedicale,
} from './exam-image.ts';
import { type Export, ExportProgress, toExportProgress } from './export.ts';
import type { Image } from './image.ts';
import { PatientBatch, toPatientBatch } from './patient-batch.ts';

/** As `GET /api/images/{id}` shows it, without what would have to be signed. */
const ImageNews = BatchImage.omit({ thumbnail_url: true });

/** What comes through a socket. */
export const Message = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('IMAGE_UPLOADED'), image: z.union([ImageNews, ImageMedicale]) }),
  ...(['IMAGE_READY', 'IMAGE_REJECTED', 'IMAGE_CHANGED', 'IMAGE_DELETED'] as const).map((type) =>
    z.strictObject({ type: z.literal(type), image: ImageNews }),
  ),
  ...(['BATCH_CHANGED', 'BATCH_DELETED'] as const).map((type) =>
    z.strictObject({ type: z.literal(type), batch: PatientBatch }),
  ),
  z.strictObject({ type: z.literal('EXPORT_READY'), export: ExportProgress }),
]);
export type Message = z.infer<typeof Message>;

/** What an item was before it changed, and what it is since; a new one was nothing, and a deleted one is nothing. */
export interface Change<T> {
  before?: T | undefined;
  after?: T | undefined;
}

/** What happened, and who may know of it. */
export interface News {
  messages: Message[];
  /** The one patient who may; none but the clinic where there is none. */
  patientId?: string | undefined;
  mayKnow: (caller: Caller) => boolean;
}

/** What is to be told of an image: nothing as long as its bytes have not arrived. */
export function newsOfImage(
  { before, after }: Change<Image>,
  thumbnailKeyOf: (image: Image) => string | undefined,
): News {
  const show = (image: Image): z.infer<typeof ImageNews> => {
    const key = thumbnailKeyOf(image);
    const { thumbnail_url: _, ...shown } = toBatchImage(image, key === undefined ? null : { key, url: '' });
    return shown;
  };
  const wasPending = before === undefined || before.status === 'pending';
  if (!after) {
    const messages: Message[] = wasPending ? [] : [{ type: 'IMAGE_DELETED', image: show(before) }];
    return newsOfPatient(before?.patientId, messages);
  }
  const image = show(after);
  const told = (...types: ('IMAGE_UPLOADED' | 'IMAGE_READY' | 'IMAGE_REJECTED' | 'IMAGE_CHANGED')[]) =>
    newsOfPatient(
      after.patientId,
      types.map((type) => ({ type, image })),
    );
  if (wasPending && after.status !== 'pending') {
    return told('IMAGE_UPLOADED', after.status === 'ready' ? 'IMAGE_READY' : 'IMAGE_REJECTED');
  }
  const changed = before !== undefined && JSON.stringify(show(before)) !== JSON.stringify(image);
  return changed ? told('IMAGE_CHANGED') : told();
}

/** What is to be told of a batch: a new one has changed, too. */
export function newsOfBatch({ before, after }: Change<Batch>): News {
  if (after) return newsOfPatient(after.patientId, [{ type: 'BATCH_CHANGED', batch: toPatientBatch(after) }]);
  if (!before) return newsOfPatient(undefined, []);
  return newsOfPatient(before.patientId, [{ type: 'BATCH_DELETED', batch: toPatientBatch(before) }]);
}

/** What is to be told of an export: that it is ready. */
export function newsOfExport({ before, after }: Change<Export>): News {
  const isNews = after?.status === 'ready' && !(before?.status === 'ready' && before.run === after.run);
  return newsOfPatient(
    after?.patientId,
    isNews ? [{ type: 'EXPORT_READY', export: toExportProgress(after) }] : [],
  );
}

/**
 * What is to be told of a picture of an exam: to the clinic that it is registered, and to its patient as soon as it is
 * theirs too.
 *
 * @param patientId whose picture it is now: see `patientOfExamImage`
 */
export function newsOfExamImage({ before, after }: Change<ExamImage>, patientId: string | null): News {
  const isTheirs = patientId !== null && after?.storedBy !== before?.storedBy;
  if (!after || (before && !isTheirs)) return { messages: [], mayKnow: () => false };
  return {
    messages: [{ type: 'IMAGE_UPLOADED', image: toImageMedicale(after) }],
    patientId: patientId ?? undefined,
    mayKnow: (caller) => maySeeExamImage(caller, patientId) && !(before && maySeeExams(caller)),
  };
}

const newsOfPatient = (patientId: string | undefined, messages: Message[]): News => ({
  messages,
  patientId,
  mayKnow: (caller) => maySee(caller, patientId),
});
