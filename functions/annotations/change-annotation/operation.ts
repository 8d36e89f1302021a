import * as z from 'zod';
import { AnnotatedParams } from '../../../lib/api/annotated-params.ts';
import { defineOperation } from '../../../lib/api/operation.ts';
import { Annotation } from '../../../lib/api/views/annotation.ts';
import { Content, Version } from '../../../lib/domain/annotations/annotation.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'change-annotation',
  method: 'PUT',
  path: '/api/images/{id}/annotations/{annotation}',
  aliases: {
    'change-annotation-of-batch': '/api/batches/{batch}/annotations/{annotation}',
    'change-annotation-of-study': '/api/dicom/studies/{study}/annotations/{annotation}',
  },
  summary: 'Change an annotation or a note (its author and admins)',
  group: 'Annotations',
  auth: ['staff', 'doctor', 'admin'],
  params: z.strictObject({ ...AnnotatedParams, annotation: Id }),
  body: z.strictObject({
    ...Content,
    version: Version.describe('That on which the change is based.').meta({ examples: [1] }),
  }),
  success: { status: 200, schema: Annotation },
  errors: ['NOT_FOUND', 'CONFLICT'],
  permissions: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
  example: { body: { shape: null, text: 'Ulcer, medial edge, smaller than in May', version: 1 } },
});
