import * as z from 'zod';
import { Case } from './case.ts';
import { Timestamp } from './identifiers.ts';

/** A case to which an image has come: until then it is only claimed, and stands in no list. */
export const BegunCase = Case.extend({
  /** When its last image arrived, whatever became of that since. */
  lastImageAt: Timestamp,
});
export type BegunCase = z.infer<typeof BegunCase>;

/** A case in the list of its patient. */
export const PatientCase = z.strictObject({
  id: BegunCase.shape.id,
  patientId: BegunCase.shape.patientId,
  imageCount: BegunCase.shape.imageCount.meta({ examples: [3] }),
  lastImageAt: BegunCase.shape.lastImageAt.describe('When its last image arrived.'),
});

/** The case as the list shows it. */
export const toPatientCase = (found: BegunCase): z.infer<typeof PatientCase> => ({
  id: found.id,
  patientId: found.patientId,
  imageCount: found.imageCount,
  lastImageAt: found.lastImageAt,
});
