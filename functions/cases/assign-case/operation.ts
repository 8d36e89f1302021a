import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { AssignCase, AssignedCase } from '../../../lib/domain/cases/case.ts';
import { CaseId } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'assign-case',
  method: 'POST',
  path: '/api/v1/images/cases/{caseId}/patient',
  summary: 'Assign a case to another patient, with its images if the clinic has used it (doctors and admins)',
  group: 'Cases',
  auth: ['doctor', 'admin'],
  params: z.strictObject({ caseId: CaseId }),
  body: AssignCase,
  success: { status: 200, schema: AssignedCase },
  errors: ['NOT_FOUND', 'CONFLICT'],
  permissions: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 29,
  example: { params: { caseId: 'C-78' } },
});
