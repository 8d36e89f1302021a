import { Id, PatientId, Timestamp } from '../../domain/identifiers.ts';
import { Reason } from '../../domain/reason.ts';

/** The fields of a request to move an image or a batch to another patient. */
export const MoveRequest = { patient_id: PatientId, reason: Reason };

/** The fields of the response to it. */
export const MovedTo = {
  id: Id,
  patient_id: PatientId,
  previous_patient_id: PatientId.nullable().describe('Send it to undo the move.'),
  moved_at: Timestamp,
};
