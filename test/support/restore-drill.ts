import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import { runRestore } from '../../bin/restore.ts';
import { DYNAMODB_CLIENT } from '../../lib/data/dynamodb/table.ts';
import { adminEnvironment } from '../../lib/local/admin-environment.ts';
import { photo } from '../fixtures/photos.ts';
import { directAccess } from './direct-access.ts';
import { OwnStack } from './own-stack.ts';
import { reconcileAll } from './reconciling.ts';
import { type Client, createBatch, decided, type TestFile, until, upload } from './service.ts';

const COPY = 'restored-by-dynamodb';

/** A clinic whose data are lost and restored. The restore runs in this process, so that a test file has one clinic. */
export class RestoreDrill {
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
    await until(async () => (await this.reconcile({ at, isDryRun: true })).unsealedEvent === undefined);
  }

  /** What the reconciliation finds when all uploads should have been checked. */
  reconcile(options: Parameters<typeof reconcileAll>[1] = { at: new Date(Date.now() + 16 * 60_000) }) {
    return reconcileAll(adminEnvironment(this.service.whole), options);
  }

  restore(...args: string[]) {
    return runRestore(['--from', COPY, ...args]);
  }
}
