import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { StudyUid } from '../../../lib/domain/dicom/uids.ts';

export const operation = defineOperation({
  id: 'release-study',
  method: 'DELETE',
  path: '/dicom/studies/{study}/legal-hold',
  summary: 'Release a DICOM study from its legal hold (admins)',
  group: 'DICOM',
  auth: ['admin'],
  params: z.strictObject({ study: StudyUid }),
  success: { status: 204 },
  errors: ['NOT_FOUND'],
  permissions: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
