import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { ExportProgress } from '../../../lib/api/views/export.ts';
import { SignedUrl } from '../../../lib/api/views/signed-url.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'get-export',
  method: 'GET',
  path: '/api/exports/{id}',
  summary: 'Ask how far an export is, and where its ZIPs can be had',
  group: 'Batches',
  auth: EVERYONE,
  scopes: ['batches:read'],
  params: z.strictObject({ id: Id }),
  success: {
    status: 200,
    schema: ExportProgress.extend({
      url: SignedUrl.optional().describe(
        'Signed and temporary, once it is `ready`; it takes ranges. None if it has several archives.',
      ),
      archives: z
        .array(
          z.strictObject({
            file_name: z.string().meta({ examples: ['Visit.zip'] }),
            images: z.int().meta({ examples: [12] }),
            bytes: z.int().meta({ examples: [48_000_000] }),
            url: SignedUrl,
          }),
        )
        .optional()
        .describe(
          'All of its archives, once it is `ready`: several if the images are more than one can hold.',
        ),
    }),
  },
  errors: ['NOT_FOUND'],
  permissions: { table: 'read', objects: { exports: ['read'] } },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
