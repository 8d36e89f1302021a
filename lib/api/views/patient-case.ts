import * as z from 'zod';
import { BegunCase } from '../../domain/cases/case.ts';

/** A case in the list of its patient. */
export const PatientCase = z.strictObject({
  id: BegunCase.shape.id,
  patientId: BegunCase.shape.patientId,
  imageCount: BegunCase.shape.imageCount.meta({ examples: [3] }),
  lastImageAt: BegunCase.shape.lastImageAt.describe('When its last image arrived.'),
});

/** Converts a case to its format in the patient's list. */
export const toPatientCase = (found: BegunCase): z.infer<typeof PatientCase> => ({
  id: found.id,
  patientId: found.patientId,
  imageCount: found.imageCount,
  lastImageAt: found.lastImageAt,
});
