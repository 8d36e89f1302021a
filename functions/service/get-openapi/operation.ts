import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';

export const operation = defineOperation({
  id: 'get-openapi',
  method: 'GET',
  path: '/openapi.json',
  summary: 'Describe this API in OpenAPI 3.1',
  group: 'Service',
  auth: 'public',
  success: { status: 200, schema: z.looseObject({ openapi: z.literal('3.1.1') }) },
  errors: [],
  permissions: {},
  rate: 'none',
  memoryMb: 256,
  timeoutSeconds: 10,
});
