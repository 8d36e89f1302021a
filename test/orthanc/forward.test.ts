import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Orthanc } from '../../lib/services/orthanc/orthanc.ts';
import { dicomForm, newUids, relatedOf, slice } from '../fixtures/dicom-uploads.ts';
import { takeDeadLetters } from '../support/dead-letters.ts';
import { peakMemoryMb, processesOf } from '../support/function-process.ts';
import { OwnStack } from '../support/own-stack.ts';
import { type Client, until } from '../support/service.ts';
import { synthesizeWith } from '../support/synthesize-with.ts';
import { OrthancServer } from './orthanc-server.ts';
import { zipInDicom } from './zip-in-dicom.ts';

const outdir = mkdtempSync(join(tmpdir(), 'negatoscope-orthanc-'));
const orthanc = new OrthancServer();
const service = new OwnStack();
let cdkOut: string;
let staff: Client;
beforeAll(async () => {
  await orthanc.start();
  cdkOut = synthesizeWith({ orthancUrl: orthanc.url }, outdir);
  await start();
});
afterAll(async () => {
  await service.end();
  await orthanc.end();
  rmSync(outdir, { recursive: true, force: true });
});

async function start() {
  await service.start({ cdkOut });
  staff = await service.as('staff');
}

/** A file with the identifier that was said of it when it was stored. */
interface Sent {
  id: string;
  bytes: Buffer;
}

async function byForm(bytes = slice(newUids())): Promise<Sent> {
  const { data } = await staff.json('POST', '/dicom/upload', 201, dicomForm(bytes));
  return { id: data.ID, bytes };
}

async function byStow(files: Buffer<ArrayBuffer>[]): Promise<void> {
  const response = await staff.send('POST', '/dicom-web/studies', relatedOf(files));
  expect(response.status, await response.text()).toBe(200);
}

async function bySignedUrl(bytes = slice(newUids())): Promise<Sent> {
  const { uploadUrl, method, headers, statusUrl } = await staff.json('POST', '/dicom/upload-url', 201, {
    fileName: 'slice.dcm',
    fileSize: bytes.length,
  });
  expect((await fetch(uploadUrl, { method, headers, body: bytes })).status).toBe(200);
  return until(async () => {
    const { status, data } = await staff.json('GET', statusUrl, 200);
    return status === 'stored' && { id: data.ID, bytes };
  });
}

/** Waits until Orthanc has all of them, bit by bit. */
async function expectInOrthanc(sent: readonly Sent[], seconds = 25): Promise<void> {
  await until(async () => {
    const there = await orthanc.instances();
    return sent.every(({ id }) => there.includes(id));
  }, seconds);
  for (const { id, bytes } of sent) expect(bytes.equals(await orthanc.file(id)), id).toBe(true);
}

const deadLetters = () => takeDeadLetters(service, cdkOut, 'forward-dicom');

describe('What is stored is in Orthanc', () => {
  test('under the same identifiers and bit by bit, whichever endpoint it came by', async () => {
    const uids = newUids();
    const series = Array.from({ length: 12 }, () => slice({ ...uids, sop: newUids().sop }));
    const sent = [await byForm(), await bySignedUrl()];
    await byStow(series);
    // What it is called is known of the form: the same file is answered as it was.
    for (const bytes of series) sent.push(await byForm(bytes));
    await expectInOrthanc(sent);
    expect(await deadLetters()).toEqual([]);
  });

  test('once, though it is stored again by every endpoint', async () => {
    const sent = await byForm();
    await expectInOrthanc([sent]);
    const count = await orthanc.storedCount();
    await byForm(Buffer.from(sent.bytes));
    await bySignedUrl(Buffer.from(sent.bytes));
    await byStow([Buffer.from(sent.bytes)]);
    await expectInOrthanc([await byForm()]);
    expect(await orthanc.storedCount()).toBe(count + 1);
  });

  test('also one without preamble', async () => {
    await expectInOrthanc([await byForm(Buffer.from(slice(newUids()).subarray(132)))]);
  });

  test('also one of 98 MB, which goes through in a function that never holds it', async () => {
    const side = 7000;
    const large = slice(newUids(), [
      ['00280010', 'US', [side]],
      ['00280011', 'US', [side]],
      ['00280100', 'US', [16]],
      ['7FE00010', 'OW', Buffer.alloc(side * side * 2, 7)],
    ]);
    await expectInOrthanc([await bySignedUrl(large)], 60);
    const peaks = processesOf('forward-dicom').map(peakMemoryMb);
    // It has 107 MB before the first file.
    expect(Math.max(...peaks)).toBeGreaterThan(0);
    expect(Math.max(...peaks)).toBeLessThan(190);
  });
});

describe('Nothing is lost', () => {
  test('where Orthanc is not there while files are stored', async () => {
    await orthanc.stop();
    const sent = [await byForm(), await byForm(), await bySignedUrl()];
    await until(async () => readFileSync(service.stack.logFile, 'utf8').includes('ECONNREFUSED'));
    await orthanc.start();
    await expectInOrthanc(sent);
  });

  test('where Orthanc hangs while files are stored', async () => {
    orthanc.freeze();
    const sent = [
      await byForm(),
      await byForm(),
      await byForm(),
      await byForm(),
      await byForm(),
      await byForm(),
    ];
    // So that as many as may be are under way, and the others wait.
    await sleep(2000);
    orthanc.thaw();
    await expectInOrthanc(sent);
  });

  test('where the function is killed while it sends, and the whole stack starts anew', async () => {
    orthanc.freeze();
    const sent = [await byForm(), await byForm(), await byForm()];
    const running = await until(async () => {
      const found = processesOf('forward-dicom');
      return found.length > 0 && found;
    });
    for (const pid of running) process.kill(pid, 'SIGKILL');
    await service.stop();
    orthanc.thaw();
    await start();
    await expectInOrthanc(sent);
    expect(new Set(await orthanc.instances()).size).toBe((await orthanc.instances()).length);
  });
});

describe('What Orthanc says', () => {
  const give = (url: string, text: string) =>
    new Orthanc({ url }).store(Readable.from([Buffer.from(text)]), text.length);

  test('of what is no DICOM file is taken for its last word', async () => {
    await expect(give(orthanc.url, 'this is a letter')).rejects.toMatchObject({ name: 'PermanentFailure' });
  });

  test('to who may not sign in is not', async () => {
    const stranger = orthanc.url.replace('//clinic', '//somebody');
    await expect(give(stranger, 'this is a letter')).rejects.toMatchObject({ name: 'Error' });
  });
});

describe('A file in which Orthanc would see a ZIP', () => {
  test('is put aside at once, and stops nobody; what is hidden in it stays out', async () => {
    const uids = newUids();
    const hidden = slice(newUids({ study: uids.study }));
    const bytes = zipInDicom(uids, hidden);
    const before = await orthanc.instances();
    await byForm(bytes);
    const others = [await byForm(), await byForm()];
    await expectInOrthanc(others);
    const [dead = ''] = await until(async () => {
      const bodies = await deadLetters();
      return bodies.length > 0 && bodies;
    });
    expect(JSON.parse(dead)).toEqual({ sopUid: uids.sop });
    expect((await orthanc.instances()).length).toBe(before.length + others.length);

    // It would: this is why.
    await new Orthanc({ url: orthanc.url })
      .store(Readable.from([bytes]), bytes.length)
      .catch(() => undefined);
    const [unpacked = ''] = (await orthanc.instances()).filter(
      (id) => !before.includes(id) && !others.some((other) => other.id === id),
    );
    expect(hidden.equals(await orthanc.file(unpacked))).toBe(true);
  });
});
