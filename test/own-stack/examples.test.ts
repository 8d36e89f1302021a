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

describe('A request with the example of the API document', () => {
  const service = useOwnStack();
  // The study of the example, which other tests would take for theirs.
  const study = exampleOf(z.toJSONSchema(StudyUid)) as string;
  const dicom = { name: 'slice.dcm', type: 'application/dicom', bytes: slice(newUids({ study })) };

  test.each(all)('$id gets an answer that the document describes', async (operation) => {
    const admin = await service.as('admin');
    const { path, body } = exampleRequest(operation, operation.group === 'DICOM' ? dicom : await photo());
    const response = await admin.send(operation.method, path, body);
    const text = await response.text();
    const known = documented(operation).responses[response.status];
    expect(known, `${response.status}: ${text}`).toBeDefined();
    // A resource of an example may not exist; an example is never malformed, forbidden or a failure of the
    // service.
    if (response.status >= 400) return expect(response.status, text).toBe(404);
    const schema = 'schema' in operation.success ? operation.success.schema : undefined;
    if (schema) expect(faultsOf(schema, JSON.parse(text))).toBeUndefined();
  });
});
