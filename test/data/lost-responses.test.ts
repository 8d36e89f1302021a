import { randomUUID } from 'node:crypto';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApiKeys } from '../../lib/data/api-keys.ts';
import { Batches } from '../../lib/data/batches.ts';
import { Cases } from '../../lib/data/cases.ts';
import { DicomUploads } from '../../lib/data/dicom/dicom-uploads.ts';
import { connectTable, type Table } from '../../lib/data/dynamodb/table.ts';
import { ExamImages } from '../../lib/data/exam-images.ts';
import { Exports } from '../../lib/data/exports.ts';
import { FirstAttempts } from '../../lib/data/first-attempts.ts';
import { ImageDecisions } from '../../lib/data/images/image-decisions.ts';
import { ImageIntake } from '../../lib/data/images/image-intake.ts';
import { ImageRemovals } from '../../lib/data/images/image-removals.ts';
import { Images } from '../../lib/data/images/images.ts';
import { KeyAdministration } from '../../lib/data/key-administration.ts';
import { newImage } from '../../lib/domain/images/new-image.ts';
import { createImages } from '../../lib/services/images/create-images.ts';
import { useOwnDatabase } from '../support/own-database.ts';

const database = useOwnDatabase();
const PUTS = /\.(?:PutItem|UpdateItem|TransactWriteItems)$/;

/** A connection that loses responses: DynamoDB has done the write, and the SDK sends it again. */
let server: Server;
let table: Table;
let losses = 0;
let lost = 0;
/** Fails this write, counted from now, without sending it to DynamoDB. */
let failing = Number.POSITIVE_INFINITY;
beforeAll(async () => {
  const endpoint = new URL(process.env.AWS_ENDPOINT_URL_DYNAMODB ?? '');
  server = createServer((incoming, response) => {
    const isWrite = PUTS.test(String(incoming.headers['x-amz-target']));
    if (isWrite && --failing <= 0) {
      incoming.resume();
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: 'com.amazonaws.dynamodb.v20120810#AccessDeniedException' }));
      failing = Number.POSITIVE_INFINITY;
      return;
    }
    const forwarded = httpRequest(endpoint, { method: 'POST', headers: incoming.headers }, (answer) => {
      if (!isWrite || losses === 0) {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
        return;
      }
      losses--;
      lost++;
      answer.resume().on('end', () => incoming.socket.destroy());
    });
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  table = connectTable(database.table.name);
});
afterAll(() => {
  table?.client.destroy();
  server.closeAllConnections();
  server.close();
});

const caller = { role: 'doctor', subject: 'd' } as const;
const now = new Date();
const soon = new Date(now.getTime() + 60_000);
const at = now.toISOString();
const imageOf = (owner: object) =>
  newImage(
    { id: newId(), fileName: 'a.jpg', mimeType: 'image/jpeg', fileSize: 1, patientId: 'P-1', ...owner },
    caller,
    now,
  );
const batchOf = () => ({
  id: newId(),
  patientId: 'P-1',
  name: 'b',
  imageCount: 0,
  createdAt: at,
  updatedAt: at,
});

/** Loses the response of the next write, and expects that it was one. */
async function losing<T>(write: () => Promise<T>): Promise<T> {
  losses = 1;
  lost = 0;
  const value = await write();
  expect(lost).toBe(1);
  return value;
}

test('A batch is created once, and returned as it is stored', async () => {
  const batches = new Batches(table);
  const batch = batchOf();
  expect(await losing(() => batches.create(batch))).toEqual(batch);
  expect(await batches.get(batch.id)).toEqual(batch);
  // A later attempt returns that of the first.
  const { name, updatedAt } = (await batches.rename(batch, 'renamed', soon)) ?? batch;
  expect(await batches.create(batch)).toEqual({ ...batch, name, updatedAt });
});

test('Pending images, linked ones and those of a case are stored once', async () => {
  const [images, imageIntake] = [new Images(table), new ImageIntake(table)];
  const some = Array.from({ length: 120 }, () => imageOf({ batchId: newId() }));
  await losing(() => imageIntake.createPending(some));
  expect(await images.getMany(some.map(({ id }) => id))).toHaveLength(120);

  const linked = imageOf({ links: { prescription: 'RX-1' } });
  expect(await losing(() => imageIntake.createLinked(linked))).toEqual(linked);
  expect((await images.listOfRecord(['prescription', 'RX-1'], undefined, { limit: 9 })).items).toHaveLength(
    1,
  );

  const caseId = `C-${randomUUID()}`;
  const inCase = { ...imageOf({}), caseId, patientId: 'P-1' };
  await losing(() => new Cases(table).addPending(inCase, undefined, now, soon, caller));
  expect((await images.listInCase(caseId, { limit: 9 })).items).toMatchObject([{ id: inCase.id }]);
  expect(await new Cases(table).get(caseId, now)).toMatchObject({ patientId: 'P-1' });
});

test('An image that is decided stays decided when its registration is repeated', async () => {
  const [images, imageIntake] = [new Images(table), new ImageIntake(table)];
  const imageDecisions = new ImageDecisions(table);
  const batches = new Batches(table);
  const batch = await batches.create(batchOf());
  const image = imageOf({ batchId: batch.id });
  const other = imageOf({ batchId: batch.id });
  const facts = { mimeType: 'image/jpeg', fileSize: 1, crc32: 'yv7Kvg==', width: 1, height: 1 };
  const ready = { ...facts, thumbnailBytes: 1, hasPreview: false, key: 'images/a.jpg' };
  await imageIntake.createPending([image]);
  expect(await imageDecisions.markReady(image, ready, now)).toBe('done');
  await imageIntake.createPending([image, other]);
  expect(await images.get(image.id)).toMatchObject({ status: 'ready' });
  expect(await images.get(other.id)).toMatchObject({ status: 'pending' });
  expect(await batches.get(batch.id)).toMatchObject({ imageCount: 1 });

  const linked = imageOf({ batchId: batch.id, links: { prescription: 'RX-2' } });
  await imageIntake.createLinked(linked);
  expect(await imageDecisions.markReady(linked, ready, now)).toBe('done');
  const repeated = await imageIntake.createLinked({ ...linked, linkSecret: 'x'.repeat(43) });
  expect(repeated).toMatchObject({ status: 'ready', linkSecret: linked.linkSecret });
});

test('Of a registration that fails halfway, nothing is left', async () => {
  const images = new Images(table);
  const some = Array.from({ length: 120 }, () => imageOf({ batchId: newId() }));
  const ids = some.map(({ id }) => id);
  const deps = { imageIntake: new ImageIntake(table), imageRemovals: new ImageRemovals(table) };
  const abandoned: string[] = [];
  const abandonIds = async (some: readonly string[]) => {
    abandoned.push(...some);
    // Before any is removed. The first 100 are stored by the first write.
    expect(await images.getMany(ids)).not.toEqual([]);
  };
  failing = 2;
  await expect(createImages(some, { ...deps, abandonIds }, undefined)).rejects.toThrow();
  expect(await images.getMany(ids)).toEqual([]);
  expect(abandoned).toEqual(ids);
});

test('Of a registration that fails halfway, all stays if its ids cannot be abandoned', async () => {
  const images = new Images(table);
  const some = Array.from({ length: 120 }, () => imageOf({ batchId: newId() }));
  const deps = { imageIntake: new ImageIntake(table), imageRemovals: new ImageRemovals(table) };
  const abandonIds = () => Promise.reject(new Error('not now'));
  failing = 2;
  await expect(createImages(some, { ...deps, abandonIds }, undefined)).rejects.not.toThrow('not now');
  expect(await images.getMany(some.map(({ id }) => id))).not.toEqual([]);
});

test('An upload of DICOM files, an export and an API key are stored once', async () => {
  const uploads = new DicomUploads(table);
  const upload = {
    id: newId(),
    fileSize: 1,
    status: 'pending' as const,
    uploader: caller,
    uploadedAt: at,
  };
  await losing(() => uploads.create([upload]));
  await uploads.decide(upload, { status: 'rejected', reason: 'not DICOM' }, now);
  await uploads.create([upload]);
  expect(await uploads.get(upload.id, now)).toMatchObject({ status: 'rejected' });

  const exports = new Exports(table);
  const expiresAt = Math.floor(soon.getTime() / 1000);
  const given = {
    id: newId(),
    run: newId(),
    batchId: newId(),
    patientId: 'P-1',
    requestedBy: 'd',
  };
  const archive = { fileName: 'b.zip', status: 'waiting' as const, images: 1, bytes: 1, bytesDone: 0 };
  const wanted = { ...given, archives: [archive], createdAt: at, expiresAt };
  expect(await losing(() => exports.begin(wanted, now))).toMatchObject(wanted);
  expect(await exports.get(wanted.id, now)).toMatchObject(wanted);

  const keys = new ApiKeys(table);
  const key = {
    id: newId(),
    name: 'k',
    scopes: [],
    hash: 'a'.repeat(64),
    lastFour: '1234',
    createdAt: at,
    createdBy: 'd',
  };
  await losing(() => new KeyAdministration(table).create(key));
  expect(await keys.get(key.id)).toEqual(key);
});

test('A picture of an exam is registered once, and a second registration of it is refused', async () => {
  const exams = new ExamImages(table);
  const uids = { studyInstanceUid: '1.2', seriesInstanceUid: '1.2.3', sopInstanceUid: '1.2.3.4' };
  const rest = {
    acquiredAt: at,
    modality: 'CT',
    description: '',
    url: null,
    registeredAt: at,
    registeredBy: 'd',
  };
  const image = { id: newId(), examId: newId(), registration: newId(), ...uids, ...rest };
  await losing(() => exams.register(image));
  expect(await exams.get(image.id)).toEqual(image);
  await expect(exams.register({ ...image, registration: newId() })).rejects.toMatchObject({
    code: 'CONFLICT',
  });
});

test('The time of a first attempt is kept for as long as the attempts of a request belong together', async () => {
  const attempts = new FirstAttempts(table);
  const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
  const startedAt = async (request: string, at: Date) =>
    new Date((await attempts.begin(request, at, 60)).startedAt);
  const request = randomUUID();
  expect(await losing(() => startedAt(request, now))).toEqual(now);
  expect(await startedAt(request, later(59))).toEqual(now);
  expect(await startedAt(request, later(61))).toEqual(later(61));
  expect(await startedAt(randomUUID(), later(5))).toEqual(later(5));
});

test('The ids that attempts have abandoned are kept as long', async () => {
  const attempts = new FirstAttempts(table);
  const request = randomUUID();
  await expect(attempts.abandon(request, ['a'])).rejects.toThrow(ConditionalCheckFailedException);
  await attempts.begin(request, now, 60);
  await losing(() => attempts.abandon(request, ['a', 'b']));
  await attempts.abandon(request, ['b', 'c']);
  expect((await attempts.begin(request, now, 60)).abandonedIds).toEqual(new Set(['a', 'b', 'c']));
  await attempts.begin(request, new Date(now.getTime() + 61_000), 60);
  expect((await attempts.begin(request, now, 60)).abandonedIds).toBeUndefined();
});
