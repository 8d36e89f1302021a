import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { Next, PageQuery } from '../../../lib/api/query.ts';
import { CaseImage } from '../../../lib/api/views/case-image.ts';
import { CaseId } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'list-case-images',
  method: 'GET',
  path: '/api/v1/images/cases/{caseId}',
  summary: 'List the images of a case by the time of capture, else of upload, oldest first',
  group: 'Cases',
  auth: EVERYONE,
  params: z.strictObject({ caseId: CaseId }),
  query: z.strictObject(PageQuery),
  success: { status: 200, schema: z.strictObject({ images: z.array(CaseImage), next: Next }) },
  errors: ['NOT_FOUND'],
  permissions: { table: 'read', objects: { images: ['read'] } },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
