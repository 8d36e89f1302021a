import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { Next, PageQuery } from '../../../lib/api/query.ts';
import { BatchImage } from '../../../lib/api/views/batch-image.ts';
import { Day, Id, PatientId } from '../../../lib/domain/identifiers.ts';
import { Category } from '../../../lib/domain/images/category.ts';

export const operation = defineOperation({
  id: 'list-images',
  method: 'GET',
  path: '/api/images',
  summary: 'List the images of a batch in their order, or of a patient, newest first',
  group: 'Images',
  auth: EVERYONE,
  query: z
    .strictObject({
      batch_id: Id.optional().describe('This or `patient_id`.'),
      patient_id: PatientId.optional().describe('Images of all batches and cases.'),
      category: Category.optional(),
      date_from: Day.optional().describe(
        'First day: of `date_taken`, else of the camera, else of the upload.',
      ),
      date_to: Day.optional().describe('Last day.'),
      q: z.string().trim().min(1).max(255).optional().describe('A part of the file name or the caption.'),
      edited: z.literal('true').optional().describe('Only images that are shown with edits.'),
      ...PageQuery,
    })
    .refine(({ batch_id, patient_id }) => (batch_id === undefined) !== (patient_id === undefined), {
      path: ['batch_id'],
      error: 'or patient_id must be given, and not both',
    }),
  success: { status: 200, schema: z.strictObject({ images: z.array(BatchImage), next: Next }) },
  errors: ['NOT_FOUND'],
  permissions: { table: 'read', objects: { images: ['read'] } },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
  example: { query: { patient_id: 'P-1001', category: 'x_ray', date_from: '2025-11-01' } },
});
