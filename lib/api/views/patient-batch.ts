import * as z from 'zod';
import { markOf, PatientMark } from '../../domain/access/source.ts';
import { Batch } from '../../domain/batches/batch.ts';
import { PatientId } from '../../domain/identifiers.ts';

/** A batch in the field style of the Batches endpoints; `object_id` is the patient. */
export const PatientBatch = z.strictObject({
  id: Batch.shape.id,
  name: Batch.shape.name,
  content_type: z.literal('patients.patient'),
  object_id: PatientId,
  image_count: Batch.shape.imageCount,
  created_at: Batch.shape.createdAt,
  updated_at: Batch.shape.updatedAt,
  source: PatientMark.describe('Whether its patient made it, and may rename it.'),
});

/** Converts a batch to the format of the Batches endpoints. */
export const toPatientBatch = (batch: Batch): z.infer<typeof PatientBatch> => ({
  id: batch.id,
  name: batch.name,
  content_type: 'patients.patient',
  object_id: batch.patientId,
  image_count: batch.imageCount,
  created_at: batch.createdAt,
  updated_at: batch.updatedAt,
  ...markOf(batch.source),
});
