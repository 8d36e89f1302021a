import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { HeldResource } from '../../../lib/api/views/held-resource.ts';
import { StudyUid } from '../../../lib/domain/dicom/uids.ts';
import { LegalHold } from '../../../lib/domain/legal-hold.ts';

export const operation = defineOperation({
  id: 'hold-study',
  method: 'PUT',
  path: '/dicom/studies/{study}/legal-hold',
  summary: 'Put a DICOM study under a legal hold: until it is released, nobody can delete any of it (admins)',
  group: 'DICOM',
  auth: ['admin'],
  params: z.strictObject({ study: StudyUid }),
  body: z.strictObject({ reason: LegalHold.shape.reason }),
  success: { status: 200, schema: HeldResource },
  errors: ['NOT_FOUND', 'CONFLICT'],
  permissions: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
