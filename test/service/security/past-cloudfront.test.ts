import { once } from 'node:events';
import { beforeAll, expect, inject, test } from 'vitest';
import { WebSocket } from 'ws';
import { photo } from '../../fixtures/photos.ts';
import { PATIENT_1 } from '../../support/people.ts';
import { useService } from '../../support/service.ts';

const service = useService();
let past: string;
let token: string;
beforeAll(async () => {
  past = `${inject('sharedStack').url}/local/execute-api`;
  token = await service.stack.token('doctor');
});

const refusal = {
  statusCode: 403,
  message: 'The API is used through its own address only.',
  error: 'Forbidden',
  details: [],
};

test.each([
  ['GET', '/health'],
  ['GET', `/api/images/batches?patient_id=${PATIENT_1}`],
  ['OPTIONS', '/dicom-web/studies'],
  ['DELETE', '/health'],
])('%s %s past CloudFront is refused, with or without an invented key', async (method, path) => {
  const own = { authorization: `Bearer ${token}` };
  for (const headers of [
    own,
    { ...own, 'x-api-key': 'a'.repeat(43) },
    { ...own, 'x-viewer-address': '203.0.113.7' },
  ]) {
    const response = await fetch(past + path, { method, headers });
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual(refusal);
    expect(response.headers.get('x-request-id')).toMatch(/./);
  }
});

test('A key of another system does not pass as that of CloudFront, and still works through CloudFront', async () => {
  const admin = await service.as('admin');
  const body = { name: 'Pharmacy', scopes: ['patient:read', 'patient:write'] };
  const { key } = await admin.json('POST', '/api/v2/keys', 201, body);
  const headers = { 'x-api-key': key };
  const { bytes } = await photo();
  const image = { image_data: Buffer.from(bytes).toString('base64'), name: 'x.jpg', patient_id: PATIENT_1 };
  await service.with(headers).json('POST', '/api/v2/images', 201, image);
  const path = `/api/v2/images/patient/${PATIENT_1}`;
  await service.with(headers).json('GET', path, 200);
  expect((await fetch(past + path, { headers })).status).toBe(401);
  expect((await fetch(past + path, { headers: { ...headers, authorization: `ApiKey ${key}` } })).status).toBe(
    403,
  );
});

test('Through CloudFront, a header x-api-key of the client changes nothing for a person', async () => {
  const client = service.with({ authorization: `Bearer ${token}`, 'x-api-key': 'a'.repeat(43) });
  await client.json('GET', `/api/images/batches?patient_id=${PATIENT_1}`, 200);
});

test('A socket past CloudFront is refused', async () => {
  const address = `${past.replace('http', 'ws')}/ws`;
  const socket = new WebSocket(address, ['negatoscope', `bearer.${token}`]);
  const [, response] = await once(socket, 'unexpected-response');
  response.resume();
  expect(response.statusCode).toBe(403);
  const through = new WebSocket(address.replace('/local/execute-api', ''), [
    'negatoscope',
    `bearer.${token}`,
  ]);
  await once(through, 'open');
  through.close();
});
