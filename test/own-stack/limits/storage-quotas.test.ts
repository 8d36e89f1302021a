import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Limits } from '../../../lib/domain/limits/limits.ts';
import { adminEnvironment } from '../../../lib/local/admin-environment.ts';
import { dicomForm, newUids, relatedOf, slice } from '../../fixtures/dicom-uploads.ts';
import { photos } from '../../fixtures/photos.ts';
import { drop, useBrowser } from '../../support/browser/browser.ts';
import { openBatch } from '../../support/browser/patient-page.ts';
import { OwnStack } from '../../support/own-stack.ts';
import { reconcileAll } from '../../support/reconciling.ts';
import { type Client, createBatch, readyNames, until } from '../../support/service.ts';
import { synthesizeWith } from '../../support/synthesize-with.ts';

const dir = mkdtempSync(join(tmpdir(), 'negatoscope-quotas-'));
const service = new OwnStack();
const limits = Limits.parse({
  imageBytes: 1024 * 1024,
  filesPerRequest: 3,
  storedBytesPerPerson: 5 * 1024 * 1024,
  storedFilesPerPatient: 8,
  uploadsPerMinute: null,
  metadataPerMinute: null,
});
let doctor: Client;
let admin: Client;
beforeAll(async () => {
  const cdkOut = synthesizeWith({ limits }, join(dir, 'cdk.out'));
  // With the limits of the stack, and not with those of the other tests.
  await service.start({ cdkOut, environment: {} });
  doctor = await service.as('doctor');
  admin = await service.as('admin');
});
afterAll(async () => {
  await service.end();
  rmSync(dir, { recursive: true, force: true });
});
const browsing = useBrowser(service);

type StowAnswer = Record<string, { Value: unknown[] }>;
const OF_PATIENT = 'The files do not fit into the storage of the patient.';

test('A person stores no more images than the quota has room for, and erased ones make room', async () => {
  const staff = await service.as('staff');
  const batch = await createBatch(staff, 'P-8009');
  const ask = (count: number) => {
    const files = Array(count).fill({ name: 'a.jpg', type: 'image/jpeg', size: limits.imageBytes });
    return staff.send('POST', `/api/images/batches/${batch}/upload-urls`, { files });
  };
  const outcomes = await Promise.all([ask(2), ask(2), ask(2), ask(2)]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual([201, 201, 413, 413]);
  const refused = outcomes.find(({ status }) => status === 413);
  expect(await refused?.json()).toMatchObject({
    message: 'The files do not fit into your storage.',
    details: [
      expect.stringContaining('4194304 of at most 5242880 bytes'),
      expect.stringContaining('the clinic'),
    ],
  });
  expect((await ask(1)).status).toBe(201);
  const record = { size: 1000, content_type: 'image/jpeg', name: 'a.jpg', patient_id: 'P-8009' };
  expect((await staff.send('POST', '/api/v2/images', record)).status).toBe(413);
  // The same room is that of DICOM files.
  expect((await staff.send('POST', '/dicom/upload-url', { fileSize: 1000 })).status).toBe(413);
  const { images } = await doctor.json('GET', `/api/images?batch_id=${batch}`, 200);
  // Nothing of a pending image is kept, so that its deletion is its erasure.
  await doctor.json('DELETE', `/api/images/${images[0].id}/`, 204);
  await expect.poll(async () => (await ask(1)).status, { timeout: 20_000 }).toBe(201);
});

test('The page says that the storage of a patient is full, uploads what fits, and asks for nothing again', async () => {
  const batch = await createBatch(doctor, 'P-8010');
  const page = await browsing.signedIn('doctor', '/patients/P-8010');
  await openBatch(page);
  const statuses: number[] = [];
  page.on('response', (response) => {
    if (response.url().endsWith('/upload-urls')) statuses.push(response.status());
  });
  await drop(page, await photos(10));
  await expect
    .poll(() => page.locator('.upload-reason', { hasText: OF_PATIENT }).count(), { timeout: 25_000 })
    .toBe(3);
  await expect.poll(() => readyNames(doctor, batch), { timeout: 25_000 }).toHaveLength(7);
  // Longer than the first pauses after a request that should be sent again.
  await page.waitForTimeout(5000);
  expect(statuses.toSorted()).toEqual([201, 201, 201, 413]);
});

const files = (name: string, all: { name: string; bytes: Uint8Array }[]) => {
  const folder = join(dir, name);
  mkdirSync(folder);
  for (const each of all) writeFileSync(join(folder, each.name), each.bytes);
  return folder;
};

async function push(...args: string[]) {
  const command = spawn(
    process.execPath,
    [join(import.meta.dirname, '../../../bin/negatoscope.ts'), 'push', ...args, '--url', service.stack.url],
    {
      env: {
        ...process.env,
        NEGATOSCOPE_TOKEN: await service.stack.token('doctor'),
        XDG_STATE_HOME: join(dir, 'state'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    },
  );
  const [out, error, [code]] = await Promise.all([
    text(command.stdout),
    text(command.stderr),
    once(command, 'exit'),
  ]);
  return { code, out, error };
}

test('The command says that the storage of a patient is full, and ends', async () => {
  const batch = await createBatch(doctor, 'P-8011');
  const { code, out, error } = await push(files('photos', await photos(10)), '--batch', batch);
  expect(code).toBeGreaterThan(0);
  expect(out + error).toContain(OF_PATIENT);
  const { images } = await doctor.json('GET', `/api/images?batch_id=${batch}`, 200);
  expect(images).toHaveLength(6);
});

test('The command stores as many DICOM files as fit, and says why it did not store the others', async () => {
  const uids = newUids();
  const ofPatient = (sop: string) => slice({ ...uids, sop }, [['00100020', 'LO', 'P-8012']]);
  const slices = Array.from({ length: 10 }, (_slice, number) => ({
    name: `${number}.dcm`,
    bytes: ofPatient(newUids().sop),
  }));
  const { code, out } = await push(files('dicom', slices));
  expect(code).toBeGreaterThan(0);
  expect(out).toContain('8 stored, 0 already there, 0 skipped, 2 refused');
  expect(out.match(/the storage quota of the patient is exceeded: 8 of at most 8 files/g)).toHaveLength(2);
  // A file that is there already needs no room.
  const [known] = slices;
  if (known) expect((await doctor.send('POST', '/dicom/upload', dicomForm(known.bytes))).status).toBe(201);
});

test('A request of DICOM files is told that there is no room, and a device of the clinic is not refused', async () => {
  const file = (patientId: string) => slice(newUids(), [['00100020', 'LO', patientId]]);
  const send = (bytes: Uint8Array<ArrayBuffer>) => doctor.send('POST', '/dicom/upload', dicomForm(bytes));
  for (let count = 0; count < 8; count++) expect((await send(file('P-8013'))).status).toBe(201);
  const refused = await send(file('P-8013'));
  expect(refused.status).toBe(413);
  expect(await refused.json()).toMatchObject({ message: OF_PATIENT });
  // One of two fits: that of another patient.
  const stow = (client: Client, ...all: Uint8Array<ArrayBuffer>[]) =>
    client.send('POST', '/dicom-web/studies', relatedOf(all));
  const answer = await stow(doctor, file('P-8014'), file('P-8013'));
  expect(answer.status).toBe(202);
  const { '00081198': failed, '00081199': stored } = (await answer.json()) as StowAnswer;
  // Refused: out of resources (PS3.4 table B.2-1).
  expect(failed?.Value).toEqual([
    expect.objectContaining({
      '00081197': { vr: 'US', Value: [0xa700] },
      '00000902': {
        vr: 'LO',
        Value: ['the storage quota of the patient is exceeded: 8 of at most 8 fil'],
      },
    }),
  ]);
  expect(stored?.Value).toHaveLength(1);
  expect((await stow(doctor, file('P-8013'))).status).toBe(409);
  const { key } = await admin.json('POST', '/api/v2/keys', 201, { name: 'CT', scopes: ['dicom:store'] });
  const device = await fetch(`${service.stack.url}/dicom-web/studies`, {
    method: 'POST',
    headers: { 'x-api-key': key },
    body: relatedOf([file('P-8013')]),
  });
  expect(device.status).toBe(200);
});

test('A study moves to a patient whose storage is full, and makes room where it was', async () => {
  const send = (uids: ReturnType<typeof newUids>) =>
    doctor.send('POST', '/dicom/upload', dicomForm(slice(uids, [['00100020', 'LO', 'P-8015']])));
  const uids = newUids();
  for (let count = 0; count < 8; count++)
    expect((await send({ ...uids, sop: newUids().sop })).status).toBe(201);
  expect((await send(newUids())).status).toBe(413);
  const path = `/dicom/studies/${uids.study}/patient`;
  await doctor.json('POST', path, 200, { patientId: 'P-8013', reason: 'it is of this patient' });
  expect((await send(newUids())).status).toBe(201);
});

test('What all of them stored is what there is', async () => {
  const at = new Date(Date.now() + 16 * 60_000);
  await until(
    async () =>
      !('wrongCount' in (await reconcileAll(adminEnvironment(service.whole), { at, isDryRun: true }))),
  );
});
