import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { ListedKey } from '../../../lib/api/views/listed-key.ts';
import { KeyName } from '../../../lib/domain/access/api-key.ts';
import { Scope } from '../../../lib/domain/access/scope.ts';
import { EXAMPLE_ID, Timestamp } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'create-api-key',
  method: 'POST',
  path: '/api/v2/keys',
  summary: 'Make an API key for another system; the answer is the only one that shows it',
  group: 'Keys',
  auth: ['admin'],
  body: z.strictObject({
    name: KeyName.describe('By which people know it.'),
    scopes: z
      .array(Scope)
      .min(1)
      .describe(
        'What it opens: a kind of record, or `*` for all of them, to read or to write; the batches or the DICOM files of every patient.',
      ),
    expires_at: Timestamp.optional().describe('Without it the key is good until it is revoked.'),
  }),
  success: {
    status: 201,
    schema: z.strictObject({
      ...ListedKey.shape,
      key: z
        .string()
        .describe('To be sent as `x-api-key`.')
        .meta({ examples: [`ng_${EXAMPLE_ID}_…`] }),
    }),
  },
  errors: ['CONFLICT'],
  permissions: { table: 'write' },
  rate: 'metadata',
  returnsSecret: true,
  memoryMb: 512,
  timeoutSeconds: 10,
  example: {
    body: {
      name: 'Pharmacy',
      scopes: ['prescription:read', 'prescription:write'],
      expires_at: '2030-01-01T00:00:00Z',
    },
  },
});
