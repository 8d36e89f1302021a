import * as z from 'zod';
import { AnnotatedParams } from '../../../lib/api/annotated-params.ts';
import { defineOperation } from '../../../lib/api/operation.ts';
import { Annotation } from '../../../lib/api/views/annotation.ts';
import { Content, Position } from '../../../lib/domain/annotations/annotation.ts';

export const operation = defineOperation({
  id: 'create-annotation',
  method: 'POST',
  path: '/api/images/{id}/annotations',
  aliases: {
    'create-annotation-of-batch': '/api/batches/{batch}/annotations',
    'create-annotation-of-study': '/api/dicom/studies/{study}/annotations',
  },
  summary: 'Annotate an image or a frame of a study, or write a note on an image, a batch or a study',
  group: 'Annotations',
  auth: ['staff', 'doctor', 'admin'],
  params: z.strictObject({ ...AnnotatedParams }),
  body: z.strictObject({ ...Content, ...Position }),
  success: { status: 201, schema: Annotation },
  errors: ['NOT_FOUND', 'CONFLICT'],
  permissions: { table: 'write' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
  example: {
    body: {
      shape: {
        kind: 'length',
        points: [
          [812.5, 1204],
          [1490, 1198.25],
        ],
      },
      text: 'Ulcer, longest diameter',
    },
  },
});
