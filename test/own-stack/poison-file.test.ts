import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { triggers } from '../../functions/triggers.ts';
import { checkAttemptsKey } from '../../lib/data/keys.ts';
import { incomingDicomKey } from '../../lib/storage/object-keys.ts';
import { newUids, slice } from '../fixtures/dicom-uploads.ts';
import { dicomFile, imageOf, syntaxes } from '../fixtures/dicoms.ts';
import { takeDeadLetters } from '../support/dead-letters.ts';
import { directAccess } from '../support/direct-access.ts';
import { processesOf } from '../support/function-process.ts';
import { OwnStack } from '../support/own-stack.ts';
import { type Client, until } from '../support/service.ts';
import { synthesizeWith } from '../support/synthesize-with.ts';

const HOUR_MS = 3_600_000;
const MEMORY_MB = 300;
/** Longer than the queue hides the messages of an invocation whose process ended. */
const HIDDEN_MS = 400_000;

const outdir = mkdtempSync(join(tmpdir(), 'negatoscope-poison-'));
const service = new OwnStack();
let cdkOut: string;
let staff: Client;
let direct: Awaited<ReturnType<typeof directAccess>>;
beforeAll(async () => {
  // With as much memory as it has, a file that ends the process would take gigabytes of that of the test.
  const small = triggers.map((each) =>
    each.id === 'ingest-dicom' ? { ...each, memoryMb: MEMORY_MB } : each,
  );
  cdkOut = synthesizeWith({}, outdir, small);
  await service.start({ cdkOut });
  staff = await service.as('staff');
  direct = await directAccess(service);
}, 300_000);
afterAll(async () => {
  await service.end();
  rmSync(outdir, { recursive: true, force: true });
});

/** A file of some 300 KB that takes more memory than the function has. */
function poison(): Buffer<ArrayBuffer> {
  const { study, series, sop } = newUids();
  const side = 18_000;
  const elements = imageOf(side, side, Buffer.alloc(side * side));
  const uids = [
    ['00080018', 'UI', sop],
    ['0020000D', 'UI', study],
    ['0020000E', 'UI', series],
  ] satisfies typeof elements;
  return Buffer.from(dicomFile([...elements, ...uids], syntaxes.deflated));
}

/** Returns the id of the upload. */
async function send(body: Buffer<ArrayBuffer>): Promise<string> {
  const announced = { fileSize: body.length };
  const { uploadId, uploadUrl, method, headers } = await staff.json(
    'POST',
    '/dicom/upload-url',
    201,
    announced,
  );
  expect((await fetch(uploadUrl, { method, headers, body })).status).toBe(200);
  return uploadId;
}

async function attemptsOf(upload: string): Promise<number> {
  const Key = checkAttemptsKey(incomingDicomKey(upload));
  const { Item } = await direct.table.client.send(
    new GetCommand({ TableName: direct.requestsTableName, Key, ConsistentRead: true }),
  );
  return Item?.attempts ?? 0;
}

const statusOf = async (upload: string) => (await staff.json('GET', `/dicom/uploads/${upload}`, 200)).status;

test('Of ten files that come together, one that ends its process fails after three attempts, and the others are stored', async () => {
  // So that all of them have arrived when the first is delivered.
  service.faults.set('delay=1:1h@s3');
  const { study, series } = newUids();
  const ill = await send(poison());
  const healthy: string[] = [];
  for (let count = 0; count < 9; count++) healthy.push(await send(slice(newUids({ study, series }))));
  service.faults.set('');
  await service.clock.advance(HOUR_MS);

  for (const attempt of [1, 2, 3]) {
    await until(async () => (await attemptsOf(ill)) === attempt, 30);
    await until(async () => processesOf('ingest-dicom').length === 0, 30);
    for (const upload of healthy) expect(await attemptsOf(upload)).toBeLessThanOrEqual(2);
    await service.clock.advance(HIDDEN_MS);
    staff = await service.as('staff');
  }
  await until(async () => (await statusOf(ill)) === 'failed', 30);
  for (const upload of healthy) await until(async () => (await statusOf(upload)) === 'stored', 30);
  expect(await direct.dicomStore.getStudy(study)).toMatchObject({ instances: 9 });
  expect(await direct.bucket.read(incomingDicomKey(ill))).toBeDefined();
  await until(async () => (await takeDeadLetters(service, cdkOut, 'ingest-dicom')).length === 1);

  // It never ended a process again.
  await service.clock.advance(HIDDEN_MS);
  await sleep(500);
  expect(processesOf('ingest-dicom')).toHaveLength(1);
  expect(await attemptsOf(ill)).toBe(4);
});
