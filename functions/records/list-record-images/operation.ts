import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { Next, PageQuery } from '../../../lib/api/query.ts';
import { ListedRecordType, RecordImage } from '../../../lib/api/views/record-image.ts';
import { recordScopes } from '../../../lib/domain/access/scope.ts';
import { RecordId } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'list-record-images',
  method: 'GET',
  path: '/api/v2/images/{type}/{id}',
  summary: 'List the images of a record, newest first',
  group: 'Records',
  auth: EVERYONE,
  scopes: recordScopes('read'),
  params: z.strictObject({ type: ListedRecordType, id: RecordId }),
  query: z.strictObject(PageQuery),
  success: {
    status: 200,
    schema: z.strictObject({
      images: z.array(z.strictObject({ ...RecordImage.shape, type: ListedRecordType })),
      next: Next,
    }),
  },
  errors: ['NOT_FOUND'],
  permissions: { table: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
