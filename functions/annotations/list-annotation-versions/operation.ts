import * as z from 'zod';
import { AnnotatedParams, AnnotationLimit } from '../../../lib/api/annotated-params.ts';
import { defineOperation } from '../../../lib/api/operation.ts';
import { Next, PageQuery } from '../../../lib/api/query.ts';
import { Annotation } from '../../../lib/api/views/annotation.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'list-annotation-versions',
  method: 'GET',
  path: '/api/images/{id}/annotations/{annotation}/versions',
  aliases: {
    'list-annotation-versions-of-batch': '/api/batches/{batch}/annotations/{annotation}/versions',
    'list-annotation-versions-of-study': '/api/dicom/studies/{study}/annotations/{annotation}/versions',
  },
  summary: 'List the versions of an annotation or a note, newest first, also of a removed one',
  group: 'Annotations',
  auth: ['staff', 'doctor', 'admin'],
  params: z.strictObject({ ...AnnotatedParams, annotation: Id }),
  query: z.strictObject({ ...PageQuery, limit: AnnotationLimit }),
  success: { status: 200, schema: z.strictObject({ versions: z.array(Annotation), next: Next }) },
  errors: ['NOT_FOUND'],
  permissions: { table: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
