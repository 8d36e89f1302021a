import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { beforeAll, describe, expect, test } from 'vitest';
import { operation as createBatchOperation } from '../../functions/batches/create-batch/operation.ts';
import { operations } from '../../functions/operations.ts';
import { isIdempotent, type Operation } from '../../lib/api/operation.ts';
import { newAuditContext } from '../../lib/domain/audit/audit-context.ts';
import { idempotency } from '../../lib/lambda/middleware/idempotency.ts';
import { photo } from '../fixtures/photos.ts';
import { directAccess } from '../support/direct-access.ts';
import { PATIENT_1 } from '../support/people.ts';
import { type Client, createBatch, formOf, until, useService } from '../support/service.ts';

const service = useService();
let patient: Client;
let doctor: Client;
let admin: Client;
beforeAll(async () => {
  [patient, doctor, admin] = await Promise.all([
    service.as('patient-1'),
    service.as('doctor'),
    service.as('admin'),
  ]);
});

// biome-ignore lint/suspicious/noExplicitAny: each test checks the answers
const bodyOf = async (response: Response): Promise<any> => response.json();
const withKey = (key: string) => ({ 'idempotency-key': key });
const batch = (name: string) => ({ name, object_id: PATIENT_1 });
const batchesOf = async (name: string) => {
  const { batches } = await doctor.json('GET', `/api/images/batches/?patient_id=${PATIENT_1}`, 200);
  return batches.filter((each: { name: string }) => each.name === name);
};

describe('With an Idempotency-Key', () => {
  test('the same request gets the same answer, and does nothing again', async () => {
    const key = randomUUID();
    const name = `once ${key}`;
    const answers = [];
    for (let count = 0; count < 3; count++) {
      const response = await patient.send('POST', '/api/images/batches/', batch(name), withKey(key));
      expect(response.status).toBe(201);
      answers.push(await bodyOf(response));
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    expect(await batchesOf(name)).toHaveLength(1);
  });

  test('a repeated answer is in the audit log with the resources that it names', async () => {
    const key = randomUUID();
    const send = () => patient.send('POST', '/api/images/batches/', batch('again'), withKey(key));
    const responses = [await send(), await send()];
    const { id } = await bodyOf(responses[0] as Response);
    const { events } = await admin.json('GET', `/api/audit/?patient_id=${PATIENT_1}`, 200);
    for (const { headers } of responses) {
      const requestId = headers.get('x-request-id');
      expect(events.filter((event: { request_id: string }) => event.request_id === requestId)).toMatchObject([
        { action: 'create-batch', patient_ids: [PATIENT_1], things: [`batch ${id}`] },
      ]);
    }
  });

  test('one of twenty requests at the same time is done, and the others get its answer or are asked to retry', async () => {
    const key = randomUUID();
    const name = `parallel ${key}`;
    const send = () => patient.send('POST', '/api/images/batches/', batch(name), withKey(key));
    const responses = await Promise.all(Array.from({ length: 20 }, send));
    const ids = new Set<string>();
    for (const response of responses) {
      const body = await bodyOf(response);
      if (response.status === 201) ids.add(body.id);
      else {
        expect([response.status, response.headers.get('retry-after')]).toEqual([409, '1']);
      }
    }
    expect(ids.size).toBe(1);
    expect((await batchesOf(name)).map(({ id }: { id: string }) => id)).toEqual([...ids]);
  });

  test('another request is 422, and nothing is done', async () => {
    const key = randomUUID();
    expect((await patient.send('POST', '/api/images/batches/', batch('one'), withKey(key))).status).toBe(201);
    const name = `other ${key}`;
    const response = await patient.send('POST', '/api/images/batches/', batch(name), withKey(key));
    expect([response.status, (await bodyOf(response)).message]).toEqual([
      422,
      'The Idempotency-Key belongs to another request.',
    ]);
    expect(await batchesOf(name)).toHaveLength(0);
  });

  test('the request of another person with the same key is a request of its own', async () => {
    const key = randomUUID();
    const ids = [];
    for (const client of [patient, doctor]) {
      const response = await client.send('POST', '/api/images/batches/', batch('x'), withKey(key));
      ids.push((await bodyOf(response)).id);
    }
    expect(ids[0]).not.toBe(ids[1]);
  });

  test('a failed request may be retried', async () => {
    const key = randomUUID();
    const path = `/api/images/batches/${randomUUID()}/exports/`;
    for (let count = 0; count < 2; count++) {
      expect((await patient.send('POST', path, {}, withKey(key))).status).toBe(404);
    }
  });

  test('a request that died in the middle blocks the next one no longer than the function’s timeout', async () => {
    const { requestsTableName } = await directAccess(service);
    process.env.REQUESTS_TABLE_NAME = requestsTableName;
    const request = {
      headers: withKey(randomUUID()),
      caller: { role: 'doctor', subject: 'doctor' } as const,
      params: {},
      body: {},
      auditContext: newAuditContext(),
    };
    const middleware = idempotency(createBatchOperation);
    const contextWith = (milliseconds: number) =>
      ({ getRemainingTimeInMillis: () => milliseconds }) as Context;
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const handleForever = () => {
      begin();
      return new Promise<never>(() => undefined);
    };
    void middleware(request, handleForever, contextWith(1));
    await begun;
    const answer = { statusCode: 201, headers: {}, body: '{}' };
    expect(
      await until(() => middleware(request, async () => answer, contextWith(10_000)).catch(() => undefined)),
    ).toEqual(answer);
  });

  test('200 signed URLs are returned unchanged: each image is registered once', async () => {
    const id = await createBatch(patient);
    const files = Array.from({ length: 200 }, (_value, index) => ({
      name: `${index}.jpg`,
      size: 1000,
      type: 'image/jpeg',
    }));
    const key = randomUUID();
    const send = () =>
      patient.send('POST', `/api/images/batches/${id}/upload-urls/`, { files }, withKey(key));
    const first = await bodyOf(await send());
    expect(first.uploads).toHaveLength(200);
    expect(await bodyOf(await send())).toEqual(first);
  });

  test('a form is compared by its fields and the bytes of its files', async () => {
    const id = await createBatch(patient);
    const send = async (file: Awaited<ReturnType<typeof photo>>) => {
      const form = formOf({}, { images: [file] });
      return patient.send('POST', `/api/images/batches/${id}/upload/`, form, withKey('a-form'));
    };
    const first = await send(await photo());
    expect(await bodyOf(await send(await photo()))).toEqual(await bodyOf(first));
    expect((await send(await photo({ seed: 2 }))).status).toBe(422);
  });

  test('an invalid key is 400', async () => {
    for (const key of ['', 'with space', 'x'.repeat(256)]) {
      const response = await patient.send('POST', '/api/images/batches/', batch('x'), withKey(key));
      expect([key, response.status]).toEqual([key, 400]);
    }
  });
});

test('Each POST with a body returns its answer again for a key, except the one whose answer is a secret', () => {
  const all: readonly Operation[] = operations;
  const creating = all.filter(({ method, body }) => method === 'POST' && body);
  expect(creating.filter((operation) => !isIdempotent(operation)).map(({ id }) => id)).toEqual([
    'create-api-key',
  ]);
});

test('A new API key is made once for an Idempotency-Key: the repeated request replaces its secret', async () => {
  const key = randomUUID();
  const body = { name: `once ${key}`, scopes: ['*:read'] };
  const send = async () => {
    const response = await admin.send('POST', '/api/v2/keys', body, withKey(key));
    expect(response.status).toBe(201);
    return bodyOf(response);
  };
  const [first, second] = [await send(), await send()];
  expect(second.id).toBe(first.id);
  const statusWith = async (given: string) =>
    (await fetch(`${service.stack.url}/api/v2/images/prescription/RX-1`, { headers: { 'x-api-key': given } }))
      .status;
  // 404: the key is valid, but the record has no images.
  expect([await statusWith(first.key), await statusWith(second.key)]).toEqual([401, 404]);
  expect((await admin.send('POST', '/api/v2/keys', body, withKey('with space'))).status).toBe(400);
});
