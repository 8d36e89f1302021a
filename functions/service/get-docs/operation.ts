import { defineOperation } from '../../../lib/api/operation.ts';

export const operation = defineOperation({
  id: 'get-docs',
  method: 'GET',
  path: '/docs',
  summary: 'Show this API as a page on which it can be tried out',
  group: 'Service',
  auth: 'public',
  success: { status: 200, stream: ['text/html'] },
  errors: [],
  permissions: {},
  rate: 'none',
  memoryMb: 256,
  timeoutSeconds: 5,
});
