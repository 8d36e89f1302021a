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

/** A file with the identifier that its upload returned. */
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

/** Waits until Orthanc has all of them, byte for byte. */
async function expectInOrthanc(sent: readonly Sent[], seconds = 25): Promise<void> {
  await until(async () => {
    const there = await orthanc.instances();
    return sent.every(({ id }) => there.includes(id));
  }, seconds);
  for (const { id, bytes } of sent) expect(bytes.equals(await orthanc.file(id)), id).toBe(true);
}

const deadLetters = () => takeDeadLetters(service, cdkOut, 'forward-dicom');

describe('A stored file is in Orthanc', () => {
  test('under the same identifiers and byte for byte, for every endpoint', async () => {
    const uids = newUids();
    const series = Array.from({ length: 12 }, () => slice({ ...uids, sop: newUids().sop }));
    const sent = [await byForm(), await bySignedUrl()];
    await byStow(series);
    // The form tells its identifier: the same file gets the same answer.
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

  test('also a file without preamble', async () => {
    await expectInOrthanc([await byForm(Buffer.from(slice(newUids()).subarray(132)))]);
  });

  test('also a file of 98 MB, forwarded by a function that never has the whole file in memory', async () => {
    const side = 7000;
    const large = slice(newUids(), [
      ['00280010', 'US', [side]],
      ['00280011', 'US', [side]],
      ['00280100', 'US', [16]],
      ['7FE00010', 'OW', Buffer.alloc(side * side * 2, 7)],
    ]);
    await expectInOrthanc([await bySignedUrl(large)], 60);
    const peaks = processesOf('forward-dicom').map(peakMemoryMb);
    // It uses 107 MB before the first file.
    expect(Math.max(...peaks)).toBeGreaterThan(0);
    expect(Math.max(...peaks)).toBeLessThan(190);
  });
});

describe('Nothing is lost', () => {
  test('if Orthanc is not running while files are stored', async () => {
    await orthanc.stop();
    const sent = [await byForm(), await byForm(), await bySignedUrl()];
    await until(async () => readFileSync(service.stack.logFile, 'utf8').includes('ECONNREFUSED'));
    await orthanc.start();
    await expectInOrthanc(sent);
  });

  test('if Orthanc does not answer while files are stored', async () => {
    orthanc.freeze();
    const sent = [
      await byForm(),
      await byForm(),
      await byForm(),
      await byForm(),
      await byForm(),
      await byForm(),
    ];
    // So that the maximum number of requests is running, and the others wait.
    await sleep(2000);
    orthanc.thaw();
    await expectInOrthanc(sent);
  });

  test('if the function is killed while it sends, and the whole stack restarts', async () => {
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

describe('An answer of Orthanc', () => {
  const give = (url: string, text: string) =>
    new Orthanc({ url }).store(Readable.from([Buffer.from(text)]), text.length);

  test('to a file that is not DICOM is final', async () => {
    await expect(give(orthanc.url, 'this is a letter')).rejects.toMatchObject({ name: 'PermanentFailure' });
  });

  test('to a wrong password is not', async () => {
    const stranger = orthanc.url.replace('//clinic', '//somebody');
    await expect(give(stranger, 'this is a letter')).rejects.toMatchObject({ name: 'Error' });
  });
});

describe('A file that Orthanc would unpack as a ZIP', () => {
  test('is put aside at once, and blocks no other; the file hidden in it is not stored', async () => {
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
    expect(JSON.parse(dead).dynamodb.NewImage.sopUid).toEqual({ S: uids.sop });
    expect((await orthanc.instances()).length).toBe(before.length + others.length);

    // Orthanc would store it: this is why.
    await new Orthanc({ url: orthanc.url })
      .store(Readable.from([bytes]), bytes.length)
      .catch(() => undefined);
    const [unpacked = ''] = (await orthanc.instances()).filter(
      (id) => !before.includes(id) && !others.some((other) => other.id === id),
    );
    expect(hidden.equals(await orthanc.file(unpacked))).toBe(true);
  });
});

// The last, because the time of a stack does not go back. Tokens expire on the way.
describe('After an outage of nine days', () => {
  const failedAttempts = () => readFileSync(service.stack.logFile, 'utf8').split('ECONNREFUSED').length;

  const dayMs = 24 * 60 * 60 * 1000;

  /** Restarts the stack, whose clock would begin at the machine's time again. */
  async function restartAfter(shiftMs: number) {
    await service.stop();
    await start();
    await service.clock.advance(shiftMs);
  }

  test('what was stored on its first and last day is sent once, though the stack restarted in between', async () => {
    const count = await orthanc.storedCount();
    await orthanc.stop();
    const sent = [await byForm(), await bySignedUrl()];
    for (let day = 1; day <= 9; day++) {
      const attempts = failedAttempts();
      await service.clock.advance(dayMs);
      await until(async () => failedAttempts() > attempts);
      if (day === 5) await restartAfter(5 * dayMs);
    }
    staff = await service.as('staff');
    sent.push(await byForm());
    await orthanc.start();
    await service.clock.advance(dayMs / 24);
    await expectInOrthanc(sent);
    // That of an earlier test has become visible again meanwhile.
    const givenUp = (await deadLetters()).map((body) => JSON.parse(body).dynamodb.NewImage.orthancId.S);
    expect(givenUp.filter((id) => sent.some((each) => each.id === id))).toEqual([]);
    await service.clock.advance(dayMs);
    staff = await service.as('staff');
    await expectInOrthanc([await byForm()]);
    expect(await orthanc.storedCount()).toBe(count + sent.length + 1);
  });
});
