import * as z from 'zod';
import { AnnotatedParams } from '../../../lib/api/annotated-params.ts';
import { defineOperation } from '../../../lib/api/operation.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'remove-annotation',
  method: 'DELETE',
  path: '/api/images/{id}/annotations/{annotation}',
  aliases: {
    'remove-annotation-of-batch': '/api/batches/{batch}/annotations/{annotation}',
    'remove-annotation-of-study': '/api/dicom/studies/{study}/annotations/{annotation}',
  },
  summary: 'Remove an annotation or a note; its versions stay (its author and admins)',
  group: 'Annotations',
  auth: ['staff', 'doctor', 'admin'],
  params: z.strictObject({ ...AnnotatedParams, annotation: Id }),
  success: { status: 204 },
  errors: ['NOT_FOUND', 'CONFLICT'],
  permissions: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
