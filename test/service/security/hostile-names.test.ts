import { beforeAll, describe, expect, test } from 'vitest';
import { photo } from '../../fixtures/photos.ts';
import { type Client, createBatch, decided, upload, useService } from '../../support/service.ts';
import { readZip } from '../../support/unzip.ts';

/** Names of files that try to be more than names. */
const NAMES = [
  'a\r\nSet-Cookie: x=1\r\n\r\n<html>.jpg',
  'a"; filename="b.exe".jpg',
  "a'%0d%0aX-Injected: 1.jpg",
  '../../../etc/cron.d/x.jpg',
  '..\\..\\windows\\x.jpg',
  '\u202egpj.exe',
  'a\u2066b\u2069.jpg',
  'a\u0000b.jpg',
  `${'n'.repeat(296)}.jpg`,
  `${'ü'.repeat(250)}.jpg`,
];

const service = useService();
let doctor: Client;
let batch: string;
let ids: string[];

beforeAll(async () => {
  doctor = await service.as('doctor');
  batch = await createBatch(doctor);
  const files = await Promise.all(NAMES.map((name, seed) => photo({ width: 8, height: 8, name, seed })));
  ids = await upload(doctor, batch, files);
  for (const id of ids) expect(await decided(doctor, id)).toMatchObject({ status: 'ready' });
});

describe('The name of a file', () => {
  test.each(NAMES.map((name, index) => ({ name, index })))(
    '$name adds nothing to the headers',
    async ({ index }) => {
      for (const path of ['data', 'download', 'thumbnail', 'data?width=4']) {
        const response = await doctor.send('GET', `/api/images/${ids[index]}/${path}`);
        await response.arrayBuffer();
        expect(response.status, path).toBe(200);
        expect(response.headers.get('set-cookie')).toBeNull();
        expect(response.headers.get('x-injected')).toBeNull();
        const disposition = response.headers.get('content-disposition') ?? '';
        // RFC 6266: one quoted name, in which a quote has a backslash before it, and one in percent-encoding.
        expect(disposition).toMatch(
          /^(?:inline|attachment); filename="(?:[^"\\]|\\")*"(?:; filename\*=UTF-8''[\w.!#$&+^`|~%-]*)?$/,
        );
        expect(
          decodeURIComponent(disposition.replace(/^.*UTF-8''/, '').replaceAll(/%(?![\dA-F]{2})/g, '%25')),
        ).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }
    },
  );

  test('is a plain and short one in a ZIP', async () => {
    const response = await doctor.send('GET', `/api/images/batches/${batch}/download`);
    // The reader itself refuses absolute names, `..` and backslashes.
    const entries = await readZip(Buffer.from(await response.arrayBuffer()));
    expect(entries).toHaveLength(NAMES.length);
    for (const { name } of entries) {
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
      expect(name).not.toMatch(/[\p{Cc}\p{Cf}/\\"]|\.\./u);
    }
  });
});
