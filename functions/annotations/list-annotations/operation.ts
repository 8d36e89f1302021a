import * as z from 'zod';
import { AnnotatedParams, AnnotationLimit } from '../../../lib/api/annotated-params.ts';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { Next, PageQuery } from '../../../lib/api/query.ts';
import { Annotation } from '../../../lib/api/views/annotation.ts';

export const operation = defineOperation({
  id: 'list-annotations',
  method: 'GET',
  path: '/api/images/{id}/annotations',
  aliases: {
    'list-annotations-of-batch': '/api/batches/{batch}/annotations',
    'list-annotations-of-study': '/api/dicom/studies/{study}/annotations',
  },
  summary: 'List the annotations and notes of an image, a batch or a study, oldest first',
  group: 'Annotations',
  auth: EVERYONE,
  params: z.strictObject({ ...AnnotatedParams }),
  query: z.strictObject({ ...PageQuery, limit: AnnotationLimit }),
  success: { status: 200, schema: z.strictObject({ annotations: z.array(Annotation), next: Next }) },
  errors: ['NOT_FOUND'],
  permissions: { table: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
