import * as z from 'zod';
import { CaseWithImages } from '../../domain/cases/case.ts';

/** A case in the list of its patient. */
export const PatientCase = z.strictObject({
  id: CaseWithImages.shape.id,
  patientId: CaseWithImages.shape.patientId,
  imageCount: CaseWithImages.shape.imageCount.meta({ examples: [3] }),
  lastImageAt: CaseWithImages.shape.lastImageAt.describe('When its last image arrived.'),
});

/** Converts a case to its format in the patient's list. */
export const toPatientCase = (found: CaseWithImages): z.infer<typeof PatientCase> => ({
  id: found.id,
  patientId: found.patientId,
  imageCount: found.imageCount,
  lastImageAt: found.lastImageAt,
});
