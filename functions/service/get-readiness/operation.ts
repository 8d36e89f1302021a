import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';

export const operation = defineOperation({
  id: 'get-readiness',
  method: 'GET',
  path: '/health/ready',
  summary:
    'Tell whether the stores that requests need can be read; the details of a 503 name those that can not',
  group: 'Service',
  auth: 'public',
  success: { status: 200, schema: z.strictObject({ status: z.literal('ready') }) },
  errors: ['SERVICE_UNAVAILABLE'],
  permissions: { table: 'read', requests: 'check', audit: 'check', objects: { images: ['read'] } },
  unaudited: true,
  rate: 'none',
  memoryMb: 256,
  timeoutSeconds: 10,
});
