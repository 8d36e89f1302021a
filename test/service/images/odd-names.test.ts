import { beforeAll, expect, test } from 'vitest';
import { ODD_NAMES } from '../../fixtures/odd-names.ts';
import { photo } from '../../fixtures/photos.ts';
import { type Client, createBatch, decided, upload, useService } from '../../support/service.ts';
import { readZip } from '../../support/unzip.ts';

const service = useService();
let doctor: Client;
beforeAll(async () => {
  doctor = await service.as('doctor');
});

test('Sixty unusual names in one batch are sixty safe and distinct entries of its ZIP', {
  timeout: 120_000,
}, async () => {
  expect(ODD_NAMES).toHaveLength(60);
  const batch = await createBatch(doctor);
  const files = await Promise.all(ODD_NAMES.map((name, seed) => photo({ width: 8, height: 8, name, seed })));
  for (const id of await upload(doctor, batch, files)) {
    expect(await decided(doctor, id)).toMatchObject({ status: 'ready' });
  }
  const response = await doctor.send('GET', `/api/images/batches/${batch}/download/`);
  // The reader itself refuses absolute names, `..` and backslashes.
  const entries = await readZip(Buffer.from(await response.arrayBuffer()));
  expect(entries.map(({ content }) => content)).toEqual(files.map(({ bytes }) => Buffer.from(bytes)));
  for (const { name } of entries) {
    expect(name).not.toMatch(/[\p{Cc}\p{Cf}/\\:*?"<>|]|^[.~ -]|[. ]$/u);
    expect(name).not.toMatch(/^(con|nul|aux|prn|com\d|lpt\d)(\.|$)/i);
  }
  expect(new Set(entries.map(({ name }) => name.normalize('NFKC').toLowerCase())).size).toBe(60);
});
