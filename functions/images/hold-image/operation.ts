import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { HeldResource } from '../../../lib/api/views/held-resource.ts';
import { Id } from '../../../lib/domain/identifiers.ts';
import { LegalHold } from '../../../lib/domain/legal-hold.ts';

export const operation = defineOperation({
  id: 'hold-image',
  method: 'PUT',
  path: '/api/images/{id}/legal-hold',
  summary: 'Put an image under a legal hold: until it is released, nobody can delete it (admins)',
  group: 'Images',
  auth: ['admin'],
  params: z.strictObject({ id: Id }),
  body: z.strictObject({ reason: LegalHold.shape.reason }),
  success: { status: 200, schema: HeldResource },
  errors: ['NOT_FOUND', 'CONFLICT'],
  permissions: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
