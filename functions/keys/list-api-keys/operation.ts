import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { Next, PageQuery } from '../../../lib/api/query.ts';
import { ListedKey } from '../../../lib/api/views/listed-key.ts';

export const operation = defineOperation({
  id: 'list-api-keys',
  method: 'GET',
  path: '/api/v2/keys',
  summary: 'List the API keys, newest first, those that are revoked too',
  group: 'Keys',
  auth: ['admin'],
  query: z.strictObject(PageQuery),
  success: { status: 200, schema: z.strictObject({ keys: z.array(ListedKey), next: Next }) },
  errors: [],
  permissions: { table: 'read', requests: 'uses' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
