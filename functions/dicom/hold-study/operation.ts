import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { StudyUid } from '../../../lib/domain/dicom/uids.ts';
import { Reason } from '../../../lib/domain/reason.ts';

export const operation = defineOperation({
  id: 'hold-study',
  method: 'PUT',
  path: '/dicom/studies/{study}/legal-hold',
  summary: 'Put a DICOM study under a legal hold, so that nobody can delete or move it (admins)',
  group: 'DICOM',
  auth: ['admin'],
  params: z.strictObject({ study: StudyUid }),
  body: z.strictObject({ reason: Reason }),
  success: { status: 204 },
  errors: ['NOT_FOUND', 'CONFLICT'],
  permissions: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
