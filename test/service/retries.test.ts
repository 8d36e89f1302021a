import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { beforeAll, describe, expect, test } from 'vitest';
import { handle as createAnnotation } from '../../functions/annotations/create-annotation/handler.ts';
import { operation as createAnnotationOperation } from '../../functions/annotations/create-annotation/operation.ts';
import { handle as createBatchHandle } from '../../functions/batches/create-batch/handler.ts';
import { operation as createBatchOperation } from '../../functions/batches/create-batch/operation.ts';
import { handle as createBatchUploads } from '../../functions/batches/create-batch-uploads/handler.ts';
import { operation as createBatchUploadsOperation } from '../../functions/batches/create-batch-uploads/operation.ts';
import { handle as createExport } from '../../functions/batches/create-export/handler.ts';
import { operation as createExportOperation } from '../../functions/batches/create-export/operation.ts';
import { handle as uploadBatchImages } from '../../functions/batches/upload-batch-images/handler.ts';
import { operation as uploadBatchImagesOperation } from '../../functions/batches/upload-batch-images/operation.ts';
import { handle as createCaseUpload } from '../../functions/cases/create-case-upload/handler.ts';
import { operation as createCaseUploadOperation } from '../../functions/cases/create-case-upload/operation.ts';
import { handle as uploadCaseImage } from '../../functions/cases/upload-case-image/handler.ts';
import { operation as uploadCaseImageOperation } from '../../functions/cases/upload-case-image/operation.ts';
import { handle as createDicomUpload } from '../../functions/dicom/create-dicom-upload/handler.ts';
import { operation as createDicomUploadOperation } from '../../functions/dicom/create-dicom-upload/operation.ts';
import { handle as createDicomUploads } from '../../functions/dicom/create-dicom-uploads/handler.ts';
import { operation as createDicomUploadsOperation } from '../../functions/dicom/create-dicom-uploads/operation.ts';
import { handle as createExamImage } from '../../functions/exams/create-exam-image/handler.ts';
import { operation as createExamImageOperation } from '../../functions/exams/create-exam-image/operation.ts';
import { handle as createApiKey } from '../../functions/keys/create-api-key/handler.ts';
import { operation as createApiKeyOperation } from '../../functions/keys/create-api-key/operation.ts';
import { operations } from '../../functions/operations.ts';
import { handle as createPatientExport } from '../../functions/patients/create-patient-export/handler.ts';
import { operation as createPatientExportOperation } from '../../functions/patients/create-patient-export/operation.ts';
import { handle as erasePatient } from '../../functions/patients/erase-patient/handler.ts';
import { operation as erasePatientOperation } from '../../functions/patients/erase-patient/operation.ts';
import { handle as createPerson } from '../../functions/people/create-person/handler.ts';
import { operation as createPersonOperation } from '../../functions/people/create-person/operation.ts';
import { handle as createRecordImage } from '../../functions/records/create-record-image/handler.ts';
import { operation as createRecordImageOperation } from '../../functions/records/create-record-image/operation.ts';
import type { Operation } from '../../lib/api/operation.ts';
import { newAuditContext } from '../../lib/domain/audit/audit-context.ts';
import { hashSecret, newSecret } from '../../lib/lambda/auth/api-key-format.ts';
import type { HandlerMiddleware } from '../../lib/lambda/http/request-pipeline.ts';
import { json } from '../../lib/lambda/http/response.ts';
import { idempotency } from '../../lib/lambda/middleware/idempotency.ts';
import { idsOf, sameIds } from '../../lib/lambda/middleware/request-ids.ts';
import { photo } from '../fixtures/photos.ts';
import { directAccess } from '../support/direct-access.ts';
import { newPatient } from '../support/people.ts';
import {
  type Client,
  createBatch,
  decided,
  type TestFile,
  until,
  upload,
  useService,
} from '../support/service.ts';

const service = useService();
let doctor: Client;
let direct: Awaited<ReturnType<typeof directAccess>> & { newSecret: () => string };
let file: TestFile;
beforeAll(async () => {
  doctor = await service.as('doctor');
  direct = { ...(await directAccess(service)), newSecret };
  process.env.REQUESTS_TABLE_NAME = direct.requestsTableName;
  file = await photo();
});

// biome-ignore lint/suspicious/noExplicitAny: each operation has a response of its own
type Value = any;
type Run = (instead?: object) => Promise<Value>;
interface Creation {
  /** The parsed request. */
  request: object;
  // biome-ignore lint/suspicious/noExplicitAny: each handler has a request and dependencies of its own
  handle: (request: any, deps: any) => unknown;
  /** The identifiers in the response. */
  idsOf: (value: Value) => unknown;
  /** How many things the attempts have created; 1 is right. */
  count?: () => Promise<number>;
}

const caller = { role: 'doctor', subject: 'doctor-of-retries' } as const;
const contextWith = (milliseconds: number) =>
  ({ getRemainingTimeInMillis: () => milliseconds }) as unknown as Context;

/** Attempts a request: the first function ends after its last write and never responds, then the client repeats it. */
async function attemptTwice(operation: Operation, { request, handle }: Pick<Creation, 'request' | 'handle'>) {
  const keyed = {
    ...{ params: undefined, query: undefined, body: undefined, origin: 'https://images.example', ...request },
    caller,
    auditContext: newAuditContext(),
    headers: { 'idempotency-key': randomUUID() },
  };
  const middleware: HandlerMiddleware = (operation.returnsSecret ? sameIds : idempotency)(operation);
  const run: Run = async (instead) => handle(keyed, { ...direct, ...instead });
  const first = Promise.withResolvers<Value>();
  void middleware(
    keyed,
    (instead) => {
      run(instead).then(first.resolve, first.reject);
      return new Promise<never>(() => {});
    },
    contextWith(1),
  ).catch(first.reject);
  const lost = await first.promise;
  let repeated: Value;
  await until(() =>
    middleware(
      keyed,
      async (instead) => {
        repeated = await run(instead);
        return json(201, {});
      },
      contextWith(10_000),
    ).catch((error: { code?: string }) => {
      // The first attempt still counts as running.
      if (error.code === 'CONFLICT' && repeated === undefined) return undefined;
      throw error;
    }),
  );
  return { lost, repeated };
}

const received = (each: TestFile) => ({ name: each.name, bytes: Buffer.from(each.bytes) });
const list = async (path: string, field: string) => (await doctor.json('GET', path, 200))[field].length;

const creations: Record<string, () => Promise<Creation>> = {
  [createBatchOperation.id]: async () => {
    const patient = newPatient();
    return {
      request: { body: { name: 'once', content_type: 'patients.patient', object_id: patient } },
      handle: createBatchHandle,
      idsOf: ({ id }) => id,
      count: () => list(`/api/images/batches/?patient_id=${patient}`, 'batches'),
    };
  },
  [createBatchUploadsOperation.id]: async () => {
    const id = await createBatch(doctor, newPatient());
    const details = { category: 'other', caption: '', eye_side: 'unknown' };
    const one = { name: 'a.jpg', size: 1000, type: 'image/jpeg', ...details };
    const files = Array.from({ length: 120 }, (_value, index) => ({ ...one, name: `${index}.jpg` }));
    return {
      request: { params: { id }, body: { files } },
      handle: createBatchUploads,
      idsOf: ({ uploads }) => uploads.map((each: { id: string; name: string }) => [each.id, each.name]),
      count: async () => (await list(`/api/images/?batch_id=${id}&limit=200`, 'images')) / files.length,
    };
  },
  [uploadBatchImagesOperation.id]: async () => {
    const id = await createBatch(doctor, newPatient());
    return {
      request: { params: { id }, body: { categories: [], captions: [] }, files: [received(file)] },
      handle: uploadBatchImages,
      idsOf: ({ results }) => results.map(({ image }: { image: { id: string } }) => image.id),
      count: async () => {
        const { images } = await doctor.json('GET', `/api/images/?batch_id=${id}`, 200);
        for (const image of images)
          expect(await decided(doctor, image.id)).toMatchObject({ status: 'ready' });
        return (await doctor.json('GET', `/api/images/batches/${id}/`, 200)).image_count;
      },
    };
  },
  [createAnnotationOperation.id]: async () => {
    const [id = ''] = await upload(doctor, await createBatch(doctor, newPatient()), [file]);
    await decided(doctor, id);
    return {
      request: { params: { id }, body: { shape: null, text: 'once', link: null } },
      handle: createAnnotation,
      idsOf: (value) => value.id,
      count: () => list(`/api/images/${id}/annotations`, 'annotations'),
    };
  },
  [createExportOperation.id]: async () => {
    const id = await createBatch(doctor, newPatient());
    for (const image of await upload(doctor, id, [file])) await decided(doctor, image);
    return {
      request: { params: { id }, body: {} },
      handle: createExport,
      idsOf: (value) => value.id,
    };
  },
  [createCaseUploadOperation.id]: async () => {
    const caseId = `C-${randomUUID()}`;
    const body = {
      caseId,
      patientId: newPatient(),
      fileName: 'a.jpg',
      mimeType: 'image/jpeg',
      fileSize: 1000,
    };
    return {
      request: { body: { ...body, eyeSide: 'left', category: 'other' } },
      handle: createCaseUpload,
      idsOf: ({ imageId }) => imageId,
      count: () => list(`/api/v1/images/cases/${caseId}`, 'images'),
    };
  },
  [uploadCaseImageOperation.id]: async () => {
    const caseId = `C-${randomUUID()}`;
    const body = { caseId, patientId: newPatient(), eyeSide: 'left', category: 'other' };
    return {
      request: { body, files: [received(file)] },
      handle: uploadCaseImage,
      idsOf: ({ id }) => id,
      count: async () => {
        const { images } = await doctor.json('GET', `/api/v1/images/cases/${caseId}`, 200);
        for (const image of images)
          expect(await decided(doctor, image.id)).toMatchObject({ status: 'ready' });
        return images.length;
      },
    };
  },
  [createRecordImageOperation.id]: async () => {
    const prescription = randomUUID();
    const image_data = Buffer.from(file.bytes).toString('base64');
    return {
      request: { body: { image_data, name: 'a.jpg', prescription_id: prescription } },
      handle: createRecordImage,
      idsOf: ({ id }) => id,
      count: () => list(`/api/v2/images/prescription/${prescription}`, 'images'),
    };
  },
  [createPatientExportOperation.id]: async () => {
    const id = newPatient();
    for (const image of await upload(doctor, await createBatch(doctor, id), [file]))
      await decided(doctor, image);
    return { request: { params: { id } }, handle: createPatientExport, idsOf: (value) => value.id };
  },
  [erasePatientOperation.id]: async () => {
    const id = newPatient();
    await createBatch(doctor, id);
    const body = { confirm: id, reason: 'Asked for by the patient' };
    return { request: { params: { id }, body }, handle: erasePatient, idsOf: (value) => value.id };
  },
  [createDicomUploadOperation.id]: async () => ({
    request: { body: { fileSize: 1000 } },
    handle: createDicomUpload,
    idsOf: ({ uploadId }) => uploadId,
  }),
  [createDicomUploadsOperation.id]: async () => ({
    request: { body: { files: [{ fileSize: 1000 }, { fileSize: 1000 }] } },
    handle: createDicomUploads,
    idsOf: ({ uploads }) => uploads.map(({ uploadId }: { uploadId: string }) => uploadId),
  }),
  [createExamImageOperation.id]: async () => {
    const examenID = randomUUID();
    const uids = { studyInstanceUID: '1.2.3', seriesInstanceUID: '1.2.3.4', sopInstanceUID: '1.2.3.4.5' };
    const rest = { dateAcquisition: '1996-03-08T00:00:00.000Z', modalite: 'CT', description: '', url: null };
    return {
      request: { body: { examenID, ...uids, ...rest } },
      handle: createExamImage,
      idsOf: ({ imageID }) => imageID,
      count: () => list(`/examens-medicaux/${examenID}/images`, 'images'),
    };
  },
  [createPersonOperation.id]: async () => ({
    request: { body: { email: `${randomUUID()}@clinic.example`, name: 'Once', role: 'doctor' } },
    handle: createPerson,
    idsOf: ({ subject }) => subject,
  }),
  [createApiKeyOperation.id]: async () => ({
    request: { body: { name: 'once', scopes: ['*:read'] } },
    handle: createApiKey,
    idsOf: ({ id }) => id,
  }),
};

describe('If a function ends after its last write, the repeated request with its Idempotency-Key has one effect:', () => {
  test.each(Object.keys(creations))('%s', async (id) => {
    const { request, handle, idsOf, count } = await (creations[id] as () => Promise<Creation>)();
    const operation = operations.find((each) => each.id === id) as Operation;
    const { lost, repeated } = await attemptTwice(operation, { request, handle });
    expect(idsOf(lost)).toBeDefined();
    expect(idsOf(repeated)).toEqual(idsOf(lost));
    if (count) expect(await count()).toBe(1);
  });

  test('each operation that creates something is among them, except one that stores under an identifier of the file', () => {
    const all: readonly Operation[] = operations;
    const creating = all.filter(
      ({ method, body, success }) => method === 'POST' && body && [201, 202].includes(success.status),
    );
    expect(creating.map(({ id }) => id).filter((id) => !(id in creations))).toEqual(['upload-dicom']);
  });
});

test('An API key whose secret was lost is replaced: the first secret is not valid any more, unless it was revoked', async () => {
  const { request, handle } = await (creations[createApiKeyOperation.id] as () => Promise<Creation>)();
  const { lost, repeated } = await attemptTwice(createApiKeyOperation, { request, handle });
  const stored = await direct.keys.get(repeated.id);
  const secretOf = ({ key }: { key: string }) => key.slice(key.lastIndexOf('_') + 1);
  expect(lost.key).not.toBe(repeated.key);
  expect(stored?.lastFour).toBe(repeated.last_four);
  const { key } = repeated;
  expect(hashSecret(key.slice(`ng_${repeated.id}_`.length))).toBe(stored?.hash);
  expect(hashSecret(secretOf(lost))).not.toBe(stored?.hash);

  await direct.keyAdministration.revoke(repeated.id, new Date());
  const again = stored as NonNullable<typeof stored>;
  await expect(direct.keyAdministration.create(again)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await direct.keys.get(repeated.id))?.revokedAt).toBeDefined();
});

test('The ids of a request sort in the order in which they are drawn, and by the time of its first attempt', async () => {
  const started = Date.now();
  const { repeated } = await attemptTwice(createBatchUploadsOperation, {
    request: { params: {}, body: {} },
    handle: (_request, { newId }) => Array.from({ length: 300 }, () => newId()),
  });
  expect(repeated.toSorted()).toEqual(repeated);
  expect(new Set(repeated).size).toBe(300);
  const time = Number.parseInt(repeated[0].replace('-', '').slice(0, 12), 16);
  expect(time).toBeGreaterThanOrEqual(started);
  expect(time).toBeLessThanOrEqual(Date.now());
});

test('An id that an attempt has abandoned is replaced by another one, and the ids around it stay', async () => {
  const request = { key: randomUUID(), content: 'two files' };
  const attempt = async () => {
    const { newId, abandonIds } = await idsOf(request);
    return { ids: [newId(), newId(), newId()], abandonIds };
  };
  const { ids, abandonIds } = await attempt();
  const abandoned = [ids[1] ?? ''];
  for (let count = 0; count < 2; count++) {
    await abandonIds(abandoned.slice(-1));
    const { ids: next } = await attempt();
    expect([next[0], next[2]]).toEqual([ids[0], ids[2]]);
    expect(next.toSorted()).toEqual(next);
    expect(abandoned).not.toContain(next[1]);
    expect((await attempt()).ids).toEqual(next);
    abandoned.push(next[1] ?? '');
  }
});
