import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';

export const operation = defineOperation({
  id: 'get-health',
  method: 'GET',
  path: '/health',
  summary: 'Tell that the service answers',
  group: 'Service',
  auth: 'public',
  success: { status: 200, schema: z.strictObject({ status: z.literal('ok') }) },
  errors: [],
  permissions: {},
  rate: 'none',
  memoryMb: 256,
  timeoutSeconds: 5,
});
