import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { UploadResult } from '../../../lib/api/views/upload-result.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

const forEachFile = (what: string, example: string[]) =>
  z
    .array(z.string())
    .max(200)
    .default([])
    .describe(`${what}, in the order of the files: one JSON array, or the field for each file.`)
    .meta({ examples: [example] });

export const operation = defineOperation({
  id: 'upload-batch-images',
  method: 'POST',
  path: '/api/images/batches/{id}/upload',
  summary: 'Upload small images into a batch, at most 4.4 MB together',
  group: 'Batches',
  auth: EVERYONE,
  scopes: ['batches:write'],
  params: z.strictObject({ id: Id }),
  form: { file: 'images', maxFiles: 200, lists: ['categories', 'captions'] },
  body: z.strictObject({
    categories: forEachFile('Categories', ['posterior', 'anterior']),
    captions: forEachFile('Captions', ['standing', '']),
  }),
  success: {
    status: 201,
    schema: z.strictObject({ results: z.array(UploadResult).describe('One for each file, in their order.') }),
    partialStatus: 207,
  },
  errors: ['NOT_FOUND'],
  permissions: { table: 'write', objects: { incoming: ['write'] } },
  rate: 'upload',
  memoryMb: 1024,
  timeoutSeconds: 29,
});
