import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runRestore } from '../../bin/restore.ts';
import { DYNAMODB_CLIENT } from '../../lib/data/dynamodb/table.ts';
import { erasureKey } from '../../lib/data/keys.ts';
import { adminEnvironment } from '../../lib/local/admin-environment.ts';
import { incomingKey } from '../../lib/storage/object-keys.ts';
import { dicomForm, newUids, slice } from '../fixtures/dicom-uploads.ts';
import { photo } from '../fixtures/photos.ts';
import { directAccess } from '../support/direct-access.ts';
import { OwnStack } from '../support/own-stack.ts';
import { reconcileAll } from '../support/reconciling.ts';
import {
  type Client,
  createBatch,
  decided,
  formOf,
  type TestFile,
  until,
  upload,
} from '../support/service.ts';

// The drill of docs/restore.md: the table is lost, and what is left is a copy of it from before and the bucket.

const QUARTER = { at: new Date(Date.now() + 16 * 60_000) };
const COPY = 'restored-by-dynamodb';

class Clinic {
  readonly service = new OwnStack();
  doctor!: Client;
  admin!: Client;
  direct!: Awaited<ReturnType<typeof directAccess>>;
  files: TestFile[] = [];

  async open() {
    await this.service.start({ keepsVersions: true });
    await this.connect();
    this.files = await Promise.all(Array.from({ length: 12 }, (_value, seed) => photo({ seed })));
  }

  async connect() {
    this.doctor = await this.service.as('doctor');
    this.admin = await this.service.as('admin');
    this.direct = await directAccess(this.service);
    Object.assign(process.env, adminEnvironment(this.service.whole));
  }

  /** A batch with ready images. */
  async batch(patient: string, ...files: number[]) {
    const id = await createBatch(this.doctor, patient);
    const images = await upload(
      this.doctor,
      id,
      files.map((file) => this.files[file] as TestFile),
    );
    for (const image of images) await decided(this.doctor, image);
    return { id, images };
  }

  async image(id: string) {
    return this.doctor.json('GET', `/api/images/${id}/`, 200);
  }

  async countOf(batch: string): Promise<number> {
    return (await this.doctor.json('GET', `/api/images/batches/${batch}/`, 200)).image_count;
  }

  /** The status of an image's bytes. */
  async statusOf(id: string): Promise<number> {
    const response = await this.doctor.send('GET', `/api/images/${id}/data`);
    await response.body?.cancel();
    return response.status;
  }

  get database() {
    return DynamoDBDocumentClient.from(
      new DynamoDBClient({ ...DYNAMODB_CLIENT, endpoint: this.service.whole.dynamoDbEndpoint }),
    );
  }

  /** What RestoreTableToPointInTime does: another table with the items of this moment. Returns the moment. */
  async copyTable(): Promise<Date> {
    const { database, direct } = this;
    const { Table } = await database.send(new DescribeTableCommand({ TableName: direct.table.name }));
    await database.send(
      new CreateTableCommand({
        TableName: COPY,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: Table?.KeySchema,
        AttributeDefinitions: Table?.AttributeDefinitions?.filter(({ AttributeName }) =>
          Table.KeySchema?.some((key) => key.AttributeName === AttributeName),
        ),
      }),
    );
    for await (const { Items = [] } of paginateScan({ client: database }, { TableName: direct.table.name }))
      for (const Item of Items) await database.send(new PutCommand({ TableName: COPY, Item }));
    return new Date();
  }

  /** Somebody deletes the table, and CloudFormation creates an empty one. */
  async loseTable() {
    const TableName = this.direct.table.name;
    await this.database.send(new DeleteTableCommand({ TableName }));
    // The same port: the clients of this process are connected to it.
    const port = Number(new URL(this.service.stack.url).port);
    await this.service.stop();
    // dynoxide keeps the stream of a deleted table; that of a new table has nothing of it.
    const file = new DatabaseSync(path.join(this.service.dataDir, 'dynamodb.sqlite'));
    file.prepare('DELETE FROM _stream_records WHERE table_name = ?').run(TableName);
    file.close();
    // A stack takes these for the addresses of other servers.
    for (const name of ['AWS_ENDPOINT_URL_DYNAMODB', 'AWS_ENDPOINT_URL_S3']) delete process.env[name];
    await this.service.start({ keepsVersions: true, port });
    await this.connect();
  }

  /** Events are sealed within seconds. */
  async sealed() {
    const at = new Date(Date.now() + 30 * 60_000);
    const environment = adminEnvironment(this.service.whole);
    const examine = () => reconcileAll(environment, { at, isDryRun: true });
    await until(async () => (await examine()).unsealedEvent === undefined);
  }

  restore(...args: string[]) {
    return runRestore(['--from', COPY, ...args]);
  }
}

describe('The table is lost', () => {
  const clinic = new Clinic();
  beforeAll(() => clinic.open(), 120_000);
  afterAll(() => clinic.service.end());

  test('A copy of it, the audit log and the bucket have everything but what was deleted', async () => {
    const { doctor, admin } = clinic;
    // Before the backup.
    const visit = await clinic.batch('P-1', 0, 1, 2, 3, 4);
    const [ready = '', trashed = '', erasedLater = '', trashedLater = '', movedLater = ''] = visit.images;
    await doctor.json('DELETE', `/api/images/${trashed}/`, 204);
    const restoredLater = await clinic.batch('P-1', 5);
    await doctor.json('DELETE', `/api/images/batches/${restoredLater.id}/`, 204);
    const deletedLater = await clinic.batch('P-1', 6);
    const uids = newUids();
    await doctor.json('POST', '/dicom/upload', 201, dicomForm(slice(uids)));
    const erasedStudy = newUids();
    await doctor.json('POST', '/dicom/upload', 201, dicomForm(slice(erasedStudy)));
    const announced = { name: 'late.jpg', size: clinic.files[7]?.bytes.length, type: 'image/jpeg' };
    const { uploads } = await doctor.json('POST', `/api/images/batches/${visit.id}/upload-urls/`, 201, {
      files: [announced],
    });
    const [pending] = uploads;
    const key = await admin.json('POST', '/api/v2/keys', 201, { name: 'device', scopes: ['delivery:read'] });
    const at = await clinic.copyTable();

    // After it.
    await fetch(pending.upload_url, {
      method: 'PUT',
      headers: pending.headers,
      body: clinic.files[7]?.bytes as Uint8Array<ArrayBuffer>,
    });
    await decided(doctor, pending.id);
    await admin.json('DELETE', `/api/images/${erasedLater}/?erase=true`, 204);
    await doctor.json('DELETE', `/api/images/${trashedLater}/`, 204);
    await doctor.json('POST', `/api/images/${movedLater}/patient`, 200, {
      patient_id: 'P-2',
      reason: 'mistyped',
    });
    await doctor.json('POST', `/api/images/batches/${restoredLater.id}/restore`, 200);
    await doctor.json('DELETE', `/api/images/batches/${deletedLater.id}/`, 204);
    await admin.json('DELETE', `/dicom-web/studies/${erasedStudy.study}?erase=true`, 204);
    await admin.json('DELETE', `/api/v2/keys/${key.id}`, 204);
    const newVisit = await clinic.batch('P-3', 8, 9);
    const [, erasedNew = ''] = newVisit.images;
    await admin.json('DELETE', `/api/images/${erasedNew}/?erase=true`, 204);
    const caseImage = await doctor.json(
      'POST',
      '/api/v1/images/upload',
      201,
      formOf({ caseId: 'C-AFTER', patientId: 'P-4' }, { file: [clinic.files[10] as TestFile] }),
    );
    await decided(doctor, caseImage.id);
    const newStudy = newUids();
    await doctor.json('POST', '/dicom/upload', 201, dicomForm(slice(newStudy)));
    await until(async () => (await clinic.direct.images.isErased(erasedLater)) === true);
    await until(async () => (await clinic.direct.bucket.head(`images/${erasedNew}.jpg`)) === undefined);
    await until(async () => (await clinic.direct.dicomStore.getStored(erasedStudy.sop)) === undefined);
    await clinic.sealed();
    await clinic.loseTable();
    await clinic.doctor.json('GET', `/api/images/${ready}/`, 404);

    const time = ['--at', at.toISOString()];
    expect(await clinic.restore(...time)).toBe(0);
    await clinic.doctor.json('GET', `/api/images/${ready}/`, 404);
    expect(await clinic.restore(...time, '--apply')).toBe(0);
    for (const id of [ready, pending.id, caseImage.id, newVisit.images[0], restoredLater.images[0]])
      expect(await decided(clinic.doctor, String(id)), String(id)).toMatchObject({ status: 'ready' });
    expect(await clinic.direct.images.get(movedLater)).toMatchObject({ patientId: 'P-2', status: 'ready' });
    for (const id of [trashed, erasedLater, trashedLater, erasedNew, deletedLater.images[0]])
      expect(await clinic.statusOf(String(id))).toBe(404);
    expect(await clinic.countOf(visit.id)).toBe(2);
    expect(await clinic.countOf(newVisit.id)).toBe(1);
    expect(await clinic.countOf(restoredLater.id)).toBe(1);
    await clinic.doctor.json('GET', `/dicom-web/studies/${uids.study}/metadata`, 200);
    await clinic.doctor.json('GET', `/dicom-web/studies/${newStudy.study}/metadata`, 200);
    await clinic.doctor.json('GET', `/dicom-web/studies/${erasedStudy.study}/metadata`, 404);
    expect((await clinic.direct.keys.get(key.id))?.revokedAt).toBeDefined();
    // What was in the trash still is, and can be restored.
    for (const id of [trashed, trashedLater]) {
      await clinic.doctor.json('POST', `/api/images/${id}/restore`, 200);
      await clinic.doctor.json('DELETE', `/api/images/${id}/`, 204);
    }
    await until(async () => (await clinic.direct.bucket.head(incomingKey({ id: pending.id }))) === undefined);
    await until(async () => clinic.direct.hasItem(erasureKey(erasedLater)));
    // Nothing is left to repair, and a second run changes nothing.
    const environment = adminEnvironment(clinic.service.whole);
    expect(await reconcileAll(environment, QUARTER)).toEqual({});
    await clinic.restore(...time, '--apply');
    expect(await reconcileAll(environment, QUARTER)).toEqual({});
    expect(await clinic.countOf(visit.id)).toBe(2);
  }, 240_000);
});
