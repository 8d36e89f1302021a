import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dicomKey } from '../../lib/storage/object-keys.ts';
import { dicomForm, newUids, relatedOf, slice } from '../fixtures/dicom-uploads.ts';
import { takeDeadLetters } from '../support/dead-letters.ts';
import { directAccess } from '../support/direct-access.ts';
import { OwnStack } from '../support/own-stack.ts';
import { startPacs } from '../support/pacs.ts';
import { type Client, until } from '../support/service.ts';
import { synthesizeWith } from '../support/synthesize-with.ts';

const outdir = mkdtempSync(join(tmpdir(), 'negatoscope-bridge-'));
const service = new OwnStack();
let pacs: Awaited<ReturnType<typeof startPacs>>;
let cdkOut: string;
let staff: Client;
let direct: Awaited<ReturnType<typeof directAccess>>;
beforeAll(async () => {
  pacs = await startPacs();
  cdkOut = synthesizeWith({ orthancUrl: pacs.url }, outdir);
  await service.start({ cdkOut });
  staff = await service.as('staff');
  direct = await directAccess(service);
});
afterAll(async () => {
  await service.end();
  await pacs.close();
  rmSync(outdir, { recursive: true, force: true });
});
const stored = pacsAnswer(200, { ID: 'x', Status: 'Success' });
beforeEach(() => {
  pacs.deliveries.length = 0;
  pacs.answer = stored;
});

function pacsAnswer(status: number, body: object): typeof pacs.answer {
  return (response) => response.writeHead(status).end(JSON.stringify(body));
}
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const arrived = () => pacs.deliveries.map(({ sha256 }) => sha256);
const upload = (bytes: Buffer<ArrayBuffer>, status = 201) =>
  staff.json('POST', '/dicom/upload', status, dicomForm(bytes));

/**
 * Waits for these files, and for one more that is sent after them, so that any other file would have arrived
 * too.
 */
async function expectArrived(files: readonly Uint8Array[]): Promise<void> {
  const hashes = files.map(hashOf);
  await until(async () => hashes.every((hash) => arrived().includes(hash)));
  const last = slice(newUids());
  await upload(last);
  await until(async () => arrived().includes(hashOf(last)));
  expect(arrived().sort()).toEqual([...hashes, hashOf(last)].sort());
}

/** The dead letters, once there are any. */
async function deadLetters(): Promise<unknown[]> {
  const bodies = await until(async () => {
    const taken = await takeDeadLetters(service, cdkOut, 'forward-dicom');
    return taken.length > 0 && taken;
  });
  return bodies.map((body) => JSON.parse(body).dynamodb.NewImage.sopUid.S);
}

describe('Each stored DICOM file is forwarded to the clinic’s Orthanc', () => {
  test('once, unchanged, also if it is stored again', async () => {
    const bytes = slice(newUids());
    await upload(bytes);
    await upload(bytes);
    await expectArrived([bytes]);
  });

  test('but not a refused file, nor an object that is not an instance', async () => {
    const uids = newUids();
    const bytes = slice(uids);
    await upload(bytes);
    await upload(slice(uids, [['00204000', 'LT', 'other']]), 409);
    const halfway = slice(newUids());
    const place = { studyUid: '1.2', seriesUid: '1.3', sopUid: '1.4', sha256: hashOf(halfway) };
    await direct.bucket.write(dicomKey(place), halfway, 'application/dicom');
    await expectArrived([bytes]);
  });

  test('also a file that an earlier attempt stored in part, whose object already exists', async () => {
    const uids = newUids();
    const bytes = slice(uids);
    const { study: studyUid, series: seriesUid, sop: sopUid } = uids;
    const key = dicomKey({ studyUid, seriesUid, sopUid, sha256: hashOf(bytes) });
    await direct.bucket.write(key, bytes, 'application/dicom');
    await expectArrived([]);
    await upload(bytes);
    await until(async () => arrived().includes(hashOf(bytes)));
  });

  test('with a retry, if Orthanc was not running or had an error', async () => {
    const bytes = slice(newUids());
    pacs.answer = (response, count) => {
      if (count === 1) response.destroy();
      else if (count === 2) response.writeHead(503).end();
      else stored(response, count);
    };
    await upload(bytes);
    await until(async () => pacs.deliveries.length === 3);
    expect(arrived()).toEqual(Array(3).fill(hashOf(bytes)));
    expect(await takeDeadLetters(service, cdkOut, 'forward-dicom')).toEqual([]);
  });

  test('but a file that Orthanc refuses is put into the dead-letter queue at once, and blocks no other', async () => {
    const poison = newUids();
    const fine = [newUids(), newUids()].map((uids) => slice(uids));
    const refused = pacsAnswer(400, { OrthancError: 'Bad file format', HttpStatus: 400 });
    pacs.answer = (response, count) =>
      (pacs.deliveries[count - 1]?.sha256 === hashOf(slice(poison)) ? refused : stored)(response, count);
    const answer = await staff.send('POST', '/dicom-web/studies', relatedOf([slice(poison), ...fine]));
    expect(answer.status).toBe(200);
    await expectArrived([slice(poison), ...fine]);
    expect(await deadLetters()).toEqual([poison.sop]);
  });

  test('but not a file that Orthanc would unpack as a ZIP', async () => {
    const uids = newUids();
    const bytes = slice(uids);
    bytes.write('PK\u0003\u0004', 'latin1');
    await upload(bytes);
    await expectArrived([]);
    expect(await deadLetters()).toEqual([uids.sop]);
  });
});
