import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../lib/local/free-port.ts';
import { newUids, relatedOf } from '../fixtures/dicom-uploads.ts';
import { dicomFile } from '../fixtures/dicoms.ts';
import { peakMemoryMb } from '../support/function-process.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { type Client, until } from '../support/service.ts';
import { greyImage } from './instances.ts';
import { keyWith, RunningGateway } from './running-gateway.ts';

/** More than API Gateway takes in one request. */
const LARGE = 80 * 1024 * 1024;

const service = useOwnStack();
let staff: Client;
let gateway: RunningGateway;
let port: number;
beforeAll(async () => {
  staff = await service.as('staff');
  port = await freePort();
  gateway = new RunningGateway(
    { url: service.stack.url, stow: { port, addresses: ['127.0.0.1'] }, maxInstanceBytes: LARGE },
    await keyWith(service, 'dicom:store'),
  );
  await gateway.start();
});
afterAll(() => gateway.delete());

const post = (body: Blob | string, path = '/dicom-web/studies', headers = {}) =>
  fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body, headers });
const file = (uids = newUids(), side = 8) => new Uint8Array(dicomFile(greyImage(uids, side)));

test('A request of 240 MB is stored, within 200 MB of memory', async () => {
  const all = [newUids(), newUids(), newUids()];
  const files = all.map((uids) => file(uids, 9100));
  const response = await post(relatedOf(files));
  const body = JSON.parse(await response.text());
  expect(response.status, JSON.stringify(body)).toBe(200);
  expect(body['00081199'].Value).toHaveLength(3);
  await until(async () => gateway.spooled('waiting').length === 0, 90);
  for (const [index, { sop }] of all.entries()) {
    const stored = Buffer.from(await (await staff.send('GET', `/dicom/wado/${sop}`)).arrayBuffer());
    expect(stored.equals(files[index] ?? Buffer.alloc(0))).toBe(true);
  }
  expect(peakMemoryMb(gateway.pid)).toBeLessThan(200);
});

test('Of many instances, those that cannot be stored are named, and the others are stored', async () => {
  const uids = newUids();
  const parts = [file(uids), Buffer.from('no DICOM'), file(newUids(), 9200), file()];
  const response = await post(relatedOf(parts), `/studies/${uids.study}`);
  expect(response.status).toBe(202);
  const body = JSON.parse(await response.text());
  expect(body['00081199'].Value).toHaveLength(1);
  expect(body['00081199'].Value[0]['00081155'].Value).toEqual([uids.sop]);
  expect(body['00081198'].Value[0]['00081197'].Value).toEqual([0xa900]);
  expect(body['0008119A'].Value).toHaveLength(2);
});

test.each([
  ['another path', '/dicom-web/other', {}, 404],
  ['another type', '/dicom-web/studies', { 'content-type': 'text/plain' }, 415],
  ['a body without parts', '/dicom-web/studies', { 'content-type': 'multipart/related; boundary=x' }, 400],
])('%s is refused', async (_name, path, headers, status) => {
  const response = await post('--y--', path, headers);
  expect(response.status).toBe(status);
  expect(JSON.parse(await response.text()).message).toMatch(/\w/);
});

test('Other methods and other addresses are refused', async () => {
  expect((await fetch(`http://127.0.0.1:${port}/dicom-web/studies`)).status).toBe(405);
  const other = new RunningGateway(
    { url: 'http://localhost:9', stow: { port: await freePort(), addresses: ['10.1.2.3'] } },
    { NEGATOSCOPE_TOKEN: 'x' },
  );
  try {
    await other.start();
    const { port: theirs } = other.settings.stow as { port: number };
    const response = await fetch(`http://127.0.0.1:${theirs}/dicom-web/studies`, { method: 'POST' });
    expect(response.status).toBe(403);
  } finally {
    await other.delete();
  }
});
