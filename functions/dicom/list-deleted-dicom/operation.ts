import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { Next, PageQuery } from '../../../lib/api/query.ts';
import { DeletedDicom } from '../../../lib/api/views/deleted-dicom.ts';
import { PatientId } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'list-deleted-dicom',
  method: 'GET',
  path: '/dicom/deleted',
  summary: 'List the DICOM studies, series and instances that were deleted and can be restored, newest first',
  group: 'DICOM',
  auth: ['doctor', 'admin'],
  query: z.strictObject({
    ...PageQuery,
    patient_id: PatientId.optional().describe('Only those of a patient.'),
    unassigned: z.literal('true').optional().describe('Only those of studies without a patient.'),
  }),
  success: { status: 200, schema: z.strictObject({ deleted: z.array(DeletedDicom), next: Next }) },
  errors: [],
  permissions: { table: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
