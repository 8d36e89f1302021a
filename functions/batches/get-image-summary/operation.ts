import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { PatientId } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'get-image-summary',
  method: 'GET',
  path: '/api/patients/{id}/image-summary',
  summary: 'Count the batches of a patient and the ready images in them',
  group: 'Batches',
  auth: EVERYONE,
  scopes: ['batches:read'],
  params: z.strictObject({ id: PatientId }),
  success: {
    status: 200,
    schema: z.strictObject({
      batches: z.int().meta({ examples: [3] }),
      images: z.int().meta({ examples: [27] }),
    }),
  },
  errors: ['NOT_FOUND'],
  permissions: { table: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
