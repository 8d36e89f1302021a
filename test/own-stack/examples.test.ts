import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { operations } from '../../functions/operations.ts';
import { exampleOf } from '../../lib/api/example.ts';
import type { Operation } from '../../lib/api/operation.ts';
import { StudyUid } from '../../lib/domain/dicom/uids.ts';
import { newUids, slice } from '../fixtures/dicom-uploads.ts';
import { photo } from '../fixtures/photos.ts';
import { documented, exampleRequest } from '../support/documented.ts';
import { useOwnStack } from '../support/own-stack.ts';

const all: readonly Operation[] = operations;
const faultsOf = (schema: z.ZodType, example: unknown) => schema.safeParse(example).error?.issues;

describe('The request that the API document shows', () => {
  const service = useOwnStack();
  // Of the study that the document shows, and that other tests would take for theirs.
  const study = exampleOf(z.toJSONSchema(StudyUid)) as string;
  const dicom = { name: 'slice.dcm', type: 'application/dicom', bytes: slice(newUids({ study })) };

  test.each(all)('$id gets an answer that the document knows', async (operation) => {
    const admin = await service.as('admin');
    const { path, body } = exampleRequest(operation, operation.group === 'DICOM' ? dicom : await photo());
    const response = await admin.send(operation.method, path, body);
    const text = await response.text();
    const known = documented(operation).responses[response.status];
    expect(known, `${response.status}: ${text}`).toBeDefined();
    // What is not there may be missing; what the document shows is never malformed, forbidden or our own fault.
    if (response.status >= 400) return expect(response.status, text).toBe(404);
    const schema = 'schema' in operation.success ? operation.success.schema : undefined;
    if (schema) expect(faultsOf(schema, JSON.parse(text))).toBeUndefined();
  });
});
