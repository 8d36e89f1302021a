import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { photos } from '../fixtures/photos.ts';
import { newPatient } from '../support/people.ts';
import { createBatch, decided, until, upload, useService } from '../support/service.ts';
import { run } from './support/program.ts';

const service = useService();
const folder = mkdtempSync(join(tmpdir(), 'resumed-downloads-'));
/** The signed URL of an archive, and the archive. */
let url: string;
let archive: Buffer;

beforeAll(async () => {
  const staff = await service.as('staff');
  const batch = await createBatch(staff, newPatient());
  for (const id of await upload(staff, batch, await photos(3))) await decided(staff, id);
  const { id } = await staff.json('POST', `/api/images/batches/${batch}/exports`, 202, {});
  const done = await until(async () => {
    const found = await staff.json('GET', `/api/exports/${id}/`, 200);
    return found.status === 'ready' && found;
  });
  url = done.url;
  archive = Buffer.from(await (await fetch(url)).arrayBuffer());
});
afterAll(() => rmSync(folder, { recursive: true }));

const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('The archive of an export is downloaded by', () => {
  test('curl, which continues a file that has its first half', async () => {
    const file = join(folder, 'curl.zip');
    const half = Math.floor(archive.length / 2);
    writeFileSync(file, archive.subarray(0, half));
    const { code, stdout } = await run('curl', [
      '-sS',
      '-C',
      '-',
      '-o',
      file,
      '-w',
      '%{http_code} %{size_download}',
      url,
    ]);
    expect([code, stdout]).toEqual([0, `206 ${archive.length - half}`]);
    expect(digestOf(readFileSync(file))).toBe(digestOf(archive));
  });

  test('rclone, as a file of its URL', async () => {
    const file = join(folder, 'rclone.zip');
    const { origin, pathname, search } = new URL(url);
    const args = ['copyurl', `${origin}${pathname}${search}`, file, '--config', '/dev/null'];
    const { code, stderr } = await run('rclone', args);
    expect([code, stderr]).toEqual([0, '']);
    expect(digestOf(readFileSync(file))).toBe(digestOf(archive));
  });
});
