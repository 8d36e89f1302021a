import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { ListedUpload } from '../../../lib/api/views/listed-upload.ts';
import { Day } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'list-uploads',
  method: 'GET',
  path: '/api/uploads',
  summary:
    'List what was uploaded on a day, by batch or case, the last first; also what is still being checked or was refused',
  group: 'Overview',
  auth: ['staff', 'doctor', 'admin'],
  query: z.strictObject({ day: Day.describe("By the clinic's clock.") }),
  success: {
    status: 200,
    schema: z.strictObject({
      uploads: z.array(ListedUpload),
      isWhole: z
        .boolean()
        .describe('False if only the last images of the day were read.')
        .meta({ examples: [true] }),
    }),
  },
  errors: [],
  permissions: { table: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
