import { beforeAll, describe, expect, test } from 'vitest';
import { photo } from '../../fixtures/photos.ts';
import { type Client, createBatch, decided, upload, useService } from '../../support/service.ts';

const service = useService();
let doctor: Client;
let batchId: string;
let imageId: string;
beforeAll(async () => {
  doctor = await service.as('doctor');
  batchId = await createBatch(doctor);
  [imageId = ''] = await upload(doctor, batchId, [await photo()]);
  await decided(doctor, imageId);
});

const tagOf = async (path: string) => {
  const response = await doctor.send('GET', path);
  await response.text();
  return response.headers.get('etag') ?? '';
};

describe.each([
  ['a batch', 'PUT' as const, () => `/api/images/batches/${batchId}/`, (value: string) => ({ name: value })],
  ['an image', 'PATCH' as const, () => `/api/images/${imageId}/`, (value: string) => ({ caption: value })],
])('A change of %s', (_name, method, path, body) => {
  const change = async (value: string, ifMatch?: string) => {
    const response = await doctor.send(method, path(), body(value), ifMatch ? { 'if-match': ifMatch } : {});
    return { status: response.status, etag: response.headers.get('etag'), body: await response.text() };
  };

  test('passes with the tag that was read, and answers the next one', async () => {
    const first = await tagOf(path());
    expect(first).toMatch(/^"[\w-]{22}"$/);
    const changed = await change('one', first);
    expect(changed.status, changed.body).toBe(200);
    expect(changed.etag).toBe(await tagOf(path()));
    expect(changed.etag).not.toBe(first);
    expect((await change('two', changed.etag ?? '')).status).toBe(200);
  });

  test('with an old or a weak tag is refused, and changes nothing', async () => {
    const old = await tagOf(path());
    expect((await change('three')).status).toBe(200);
    const current = await tagOf(path());
    expect(await change('four', old)).toMatchObject({ status: 412 });
    expect(await change('four', `W/${current}`)).toMatchObject({ status: 412 });
    expect(await tagOf(path())).toBe(current);
  });

  test('passes with * and without the header', async () => {
    expect((await change('five', '*')).status).toBe(200);
    expect((await change('six')).status).toBe(200);
  });

  test('passes once if many are based on the same tag at the same time', async () => {
    const base = await tagOf(path());
    const all = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((value) => change(value, base)));
    expect(all.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412]);
  });

  test.each(['application/xml', 'application/json; charset=iso-8859-1'])('in %s is refused', async (type) => {
    const response = await doctor.send(method, path(), JSON.stringify(body('seven')), {
      'content-type': type,
    });
    expect(response.status).toBe(415);
    expect(((await response.json()) as { details: unknown }).details).toEqual([
      `content-type must be application/json, in UTF-8; received ${type}`,
    ]);
  });

  test('in a form’s type is taken if it is JSON', async () => {
    const response = await doctor.send(method, path(), JSON.stringify(body('eight')), {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(response.status).toBe(200);
  });
});
