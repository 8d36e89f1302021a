import { describe, expect, test } from 'vitest';
import { DomainError } from '../../../lib/domain/errors.ts';
import { Limits } from '../../../lib/domain/limits/limits.ts';
import { rateLimitsOf } from '../../../lib/domain/limits/rate-limit.ts';
import { photo } from '../../fixtures/photos.ts';
import { directAccess } from '../../support/direct-access.ts';
import { listenWith } from '../../support/listener.ts';
import { useOwnStack } from '../../support/own-stack.ts';
import { PATIENT_1, PATIENT_2 } from '../../support/people.ts';
import { type Client, createBatch, decided, upload } from '../../support/service.ts';

const files = [{ name: 'x.jpg', size: 1, type: 'image/jpeg' }];
const limits = (changes: Partial<Limits>) => ({ LIMITS: JSON.stringify(Limits.parse(changes)) });
const uploadInto = (client: Client, batch: string) =>
  client.send('POST', `/api/images/batches/${batch}/upload-urls/`, { files });
const countOf = (responses: readonly Response[], wanted: number) =>
  responses.filter(({ status }) => status === wanted).length;

describe('If requests cannot be counted', () => {
  const service = useOwnStack({ environment: { ...limits({}), REQUESTS_TABLE_NAME: 'gone' } });

  test('uploads are refused and everything else works', async () => {
    const patient = await service.as('patient-1');
    const batch = await createBatch(patient);
    const response = await uploadInto(patient, batch);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    await patient.json('GET', `/api/images/batches/${batch}/`, 200);
  });
});

describe('Within a minute', () => {
  const service = useOwnStack({ environment: limits({ uploadsAtOnce: null, metadataPerMinute: 30 }) });

  test('exactly ten of fifty uploads at the same time are accepted, and the others get a Retry-After', async () => {
    const patient = await service.as('patient-1');
    const batch = await createBatch(patient);
    const responses = await Promise.all(Array.from({ length: 50 }, () => uploadInto(patient, batch)));
    expect([countOf(responses, 201), countOf(responses, 429)]).toEqual([10, 40]);
    const refused = responses.find(({ status }) => status === 429) as Response;
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect(await refused.json()).toEqual({
      statusCode: 429,
      message: 'Too many requests',
      error: 'Too Many Requests',
      details: ['at most 10 upload requests in 60 seconds'],
    });
  });

  test('what a socket says it shows is counted with the requests of its person', async () => {
    const page = await listenWith(service, await service.stack.token('admin'));
    const admin = await service.as('admin');
    for (let index = 0; index < 29; index++)
      expect((await admin.send('GET', '/api/patients')).status).toBe(200);
    expect(await page.show('P-1001')).toEqual({ type: 'SHOWN', patient: 'P-1001' });
    expect(await page.show('P-1002')).toEqual({
      type: 'ERROR',
      statusCode: 429,
      message: 'Too many requests',
      error: 'Too Many Requests',
      details: ['at most 30 metadata requests in 60 seconds'],
    });
    page.socket.close();
  });

  test('requests are counted for the person, for any endpoint, token, address or header', async () => {
    const doctor = await service.as('doctor');
    const batch = await createBatch(doctor);
    for (let index = 0; index < 10; index++) expect((await uploadInto(doctor, batch)).status).toBe(201);
    const again = await service.as('doctor');
    const headers = { 'x-forwarded-for': '203.0.113.7', 'x-api-key': 'something' };
    const body = {
      fileName: 'x.jpg',
      mimeType: 'image/jpeg',
      fileSize: 1,
      caseId: 'C-1',
      patientId: PATIENT_1,
    };
    expect((await again.send('POST', '/api/v1/images/upload-url', body, headers)).status).toBe(429);
    expect((await uploadInto(await service.as('admin'), batch)).status).toBe(201);
  });

  test('exactly thirty of fifty other requests at the same time are accepted, if thirty are allowed', async () => {
    const staff = await service.as('staff');
    const responses = await Promise.all(
      Array.from({ length: 50 }, () => staff.send('GET', `/api/images/batches/?patient_id=${PATIENT_1}`)),
    );
    expect([countOf(responses, 200), countOf(responses, 429)]).toEqual([30, 20]);
  });

  test('answers have the remaining number', async () => {
    const patient = await service.as('patient-2');
    const batch = await createBatch(patient, PATIENT_2);
    const { headers } = await uploadInto(patient, batch);
    expect(headers.get('ratelimit-policy')).toBe('"upload";q=10;w=60');
    expect(headers.get('ratelimit')).toBe('"upload";r=9');
    const refused = await patient.send('GET', '/api/images/batches/?patient_id=');
    expect(refused.status).toBe(400);
    expect(refused.headers.get('ratelimit')).toBe('"metadata";r=28');
  });

  test('a copy of an image counts when it is made, and not when it is requested again', async () => {
    const doctor = await service.as('doctor', { sub: 'copier' });
    const batch = await createBatch(doctor);
    const [image = ''] = await upload(doctor, batch, [await photo()]);
    // Somebody whose requests no other test of this minute counts.
    await decided(await service.as('admin', { sub: 'looker' }), image);
    const copy = (width: number) => doctor.send('GET', `/api/images/${image}/data?width=${width}`);
    const statuses = [];
    for (let width = 10; width < 50; width++) statuses.push((await copy(width)).status);
    expect(statuses.indexOf(429)).toBeGreaterThan(20);
    expect(statuses.at(-1)).toBe(429);
    expect((await copy(8 + statuses.indexOf(429))).status).toBe(200);
    expect((await doctor.send('GET', `/api/images/${image}/data`)).status).toBe(200);
  });

  test('the bytes of images do not count, because a page requests many of them', async () => {
    const admin = await service.as('admin');
    const { headers } = await admin.send('GET', '/api/images/0190c6a4-7b3e-7000-8000-000000000000/thumbnail');
    expect(headers.get('ratelimit')).toBeNull();
  });
});

describe('At the same time', () => {
  const service = useOwnStack({ environment: limits({ uploadsPerMinute: null }) });
  const [atOnce] = rateLimitsOf(
    { rate: 'upload', timeoutSeconds: 10 },
    Limits.parse({ uploadsPerMinute: null }),
  );
  const wanted = atOnce ? [atOnce] : [];
  const now = new Date('2026-01-01T12:00:00Z');
  const later = new Date('2026-01-01T12:00:10Z');

  test('five uploads of a person are allowed; slots of ended processes expire', async () => {
    const { rateLimits: slots } = await directAccess(service);
    const taken = await Promise.allSettled(
      Array.from({ length: 50 }, () => slots.acquire('somebody', wanted, now)),
    );
    expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    await expect(slots.acquire('somebody', wanted, now)).rejects.toThrow(DomainError);
    await slots.acquire('somebody', wanted, later);
  });

  test('an upload that ends releases its slot, and never another’s', async () => {
    const { rateLimits: slots } = await directAccess(service);
    const taken = [];
    for (let count = 0; count < 5; count++) taken.push(await slots.acquire('ending', wanted, now));
    await slots.release('ending', taken[2] ?? { slots: {}, returnable: {} });
    const next = await slots.acquire('ending', wanted, now);
    expect(next.returnable).toEqual(taken[2]?.returnable);
    // All five expired and are taken again: a late release by their first owners does nothing.
    for (let count = 0; count < 5; count++) await slots.acquire('ending', wanted, later);
    await slots.release('ending', next);
    await expect(slots.acquire('ending', wanted, later)).rejects.toThrow('Too many requests');
  });

  test('a request releases its slot also if it fails', async () => {
    const patient = await service.as('patient-1');
    const batch = await createBatch(patient);
    for (let count = 0; count < 8; count++) {
      expect((await patient.send('POST', `/api/images/batches/${batch}/upload-urls/`, {})).status).toBe(400);
    }
    const response = await uploadInto(patient, batch);
    expect(response.status).toBe(201);
    expect(response.headers.get('ratelimit-policy')).toBe('"uploads-at-once";q=5;qu="concurrent-requests"');
    expect(response.headers.get('ratelimit')).toBe('"uploads-at-once";r=4');
  });
});
