import * as z from 'zod';
import { CaseId, Id, PatientId, Timestamp } from '../../domain/identifiers.ts';
import type { Image } from '../../domain/images/image.ts';
import { Reason } from '../../domain/reason.ts';

/** The fields of a request to move an image or a batch to another patient. */
export const MoveRequest = { patient_id: PatientId, reason: Reason };

/** A batch that was moved. */
export const MovedBatch = z.strictObject({
  id: Id,
  patient_id: PatientId,
  previous_patient_id: PatientId.nullable().describe('Send it to undo the move.'),
  moved_at: Timestamp,
});

/** An image that was moved, with its batch or case before and after. */
export const MovedImage = MovedBatch.extend({
  batch: Id.nullable(),
  previous_batch: Id.nullable(),
  case: CaseId.nullable(),
  previous_case: CaseId.nullable(),
});

export const toMovedImage = (
  { id, ...from }: Image,
  to: Pick<Image, 'batchId' | 'caseId'> & { patientId: string },
  moved_at: string,
): z.infer<typeof MovedImage> => ({
  id,
  patient_id: to.patientId,
  previous_patient_id: from.patientId ?? null,
  batch: to.batchId ?? null,
  previous_batch: from.batchId ?? null,
  case: to.caseId ?? null,
  previous_case: from.caseId ?? null,
  moved_at,
});
