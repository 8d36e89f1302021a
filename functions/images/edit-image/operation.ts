import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { BatchImage } from '../../../lib/api/views/batch-image.ts';
import { Id } from '../../../lib/domain/identifiers.ts';
import { EditSteps } from '../../../lib/domain/images/image-edit.ts';

export const operation = defineOperation({
  id: 'edit-image',
  method: 'PUT',
  path: '/api/images/{id}/edit',
  summary:
    'Turn, mirror, straighten, crop or adjust how an image is shown; the original stays as it is (patients, only images that they sent)',
  group: 'Images',
  auth: EVERYONE,
  params: z.strictObject({ id: Id }),
  body: z.strictObject({
    steps: EditSteps.nullable().describe(
      'All edits of the image, not only the new ones; null shows the original.',
    ),
    version: z
      .int()
      .min(0)
      .describe('That of the `edit` on which these are based; 0 if the image has none.')
      .meta({ examples: [0] }),
  }),
  success: { status: 200, schema: BatchImage },
  errors: ['NOT_FOUND', 'CONFLICT'],
  permissions: { table: 'write', objects: { images: ['read'] } },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
