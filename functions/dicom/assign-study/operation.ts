import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { AssignedStudy, AssignStudy } from '../../../lib/domain/dicom/study-assignment.ts';
import { StudyUid } from '../../../lib/domain/dicom/uids.ts';

export const operation = defineOperation({
  id: 'assign-study',
  method: 'POST',
  path: '/dicom/studies/{study}/patient',
  summary: 'Give a DICOM study to a patient, or to nobody (staff: what is nobody’s; doctors and admins: any)',
  group: 'DICOM',
  auth: ['staff', 'doctor', 'admin'],
  params: z.strictObject({ study: StudyUid }),
  body: AssignStudy,
  success: { status: 200, schema: AssignedStudy },
  errors: ['NOT_FOUND', 'CONFLICT'],
  permissions: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
