import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { MovedImage, MoveRequest } from '../../../lib/api/views/moved.ts';
import { CaseId, EXAMPLE_ID, Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'move-image',
  method: 'POST',
  path: '/api/images/{id}/patient',
  summary: 'Move an image to another patient, or to another batch or case (doctors and admins)',
  group: 'Images',
  auth: ['doctor', 'admin'],
  params: z.strictObject({ id: Id }),
  body: z
    .strictObject({
      ...MoveRequest,
      batch: Id.optional().describe('A batch of this patient. Without batch and case, it is in none.'),
      case: CaseId.optional().describe('A case of this patient.'),
    })
    .refine(({ batch, case: caseId }) => batch === undefined || caseId === undefined, {
      error: 'must have a batch or a case, not both',
    }),
  success: { status: 200, schema: MovedImage },
  errors: ['NOT_FOUND', 'CONFLICT'],
  permissions: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
  example: { body: { patient_id: 'P-1001', batch: EXAMPLE_ID, reason: 'Sent under another number' } },
});
