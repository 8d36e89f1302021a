import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { v7 as newId } from 'uuid';
import { expect, test } from 'vitest';
import { AuditLog } from '../../lib/data/audit/audit-log.ts';
import { DicomIntake } from '../../lib/data/dicom/dicom-intake.ts';
import type { Table } from '../../lib/data/dynamodb/table.ts';
import { ImageIntake } from '../../lib/data/images/image-intake.ts';
import { INDEXES } from '../../lib/data/keys.ts';
import type { AuditEvent } from '../../lib/domain/audit/audit-event.ts';
import type { NewDicom } from '../../lib/domain/dicom/dicom-instance.ts';
import type { Image } from '../../lib/domain/images/image.ts';
import { eventOfSystem } from '../fixtures/audit-events.ts';

/**
 * The load on each partition of each table and index, without a stopwatch: the code that writes runs against a client
 * that computes the write units of each item from its keys and its size, as DynamoDB does (developer guide, "DynamoDB
 * read and write operations": one unit for each begun KB, two in a transaction; an index takes the size of the item in
 * it), and adds them up for each simulated second.
 */

/** Half of what DynamoDB takes for a partition key: shards are not hit evenly. */
const MOST = 500;
const SECONDS = 60;

type Item = Record<string, unknown>;
type Write = Partial<Record<'Put' | 'Update' | 'Delete', { Item?: Item; Key?: Item }>>;

class Load {
  /** The simulated time. */
  now = Date.parse('2026-11-28T12:00:00Z');
  readonly #units = new Map<string, number>();
  readonly #items = new Map<string, Item>();

  table(name: string): Table {
    const send = async (command: { constructor: { name: string }; input: never }) => {
      const { input } = command;
      switch (command.constructor.name) {
        case 'GetCommand':
          return { Item: this.#items.get(keyOf((input as { Key: Item }).Key)) };
        case 'BatchGetCommand': {
          const { Keys } =
            (input as { RequestItems: Record<string, { Keys: Item[] }> }).RequestItems[name] ?? {};
          return { Responses: { [name]: (Keys ?? []).flatMap((key) => this.#items.get(keyOf(key)) ?? []) } };
        }
        case 'PutCommand':
          return this.#write(name, { Put: input }, 1);
        case 'UpdateCommand':
          return this.#write(name, { Update: input }, 1);
        case 'TransactWriteCommand':
          for (const write of (input as { TransactItems: Write[] }).TransactItems)
            this.#write(name, write, 2);
          return {};
        case 'BatchWriteCommand':
          for (const requests of Object.values((input as { RequestItems: object }).RequestItems)) {
            for (const { PutRequest } of requests as { PutRequest: { Item: Item } }[]) {
              this.#write(name, { Put: PutRequest }, 1);
            }
          }
          return {};
        default:
          throw new Error(`the load of a ${command.constructor.name} is not known`);
      }
    };
    return { name, client: { send } as unknown as DynamoDBDocumentClient };
  }

  /** An update has the size of the item and rewrites it in each of its indexes. */
  #write(table: string, { Put, Update, Delete }: Write, factor: number): Record<string, never> {
    const key = keyOf((Put?.Item ?? Update?.Key ?? Delete?.Key) as Item);
    const known = this.#items.get(key);
    const item = Put?.Item ?? known ?? Update?.Key ?? Delete?.Key ?? {};
    const units = Math.ceil(sizeOf(item) / 1024);
    this.#add(`${table} ${item.pk}`, units * factor);
    // A failed condition costs the write of the table, and none of the indexes.
    if (Put && known) {
      const Item = marshall(known, { removeUndefinedValues: true });
      throw new ConditionalCheckFailedException({ $metadata: {}, message: 'exists', Item });
    }
    for (const [index, { partitionKey }] of Object.entries(INDEXES)) {
      if (item[partitionKey] !== undefined) this.#add(`${table} ${index} ${item[partitionKey]}`, units);
    }
    if (Delete) this.#items.delete(key);
    else this.#items.set(key, item);
    return {};
  }

  #add(partition: string, units: number): void {
    const second = `${partition} at second ${Math.floor(this.now / 1000) % 86_400}`;
    this.#units.set(second, (this.#units.get(second) ?? 0) + units);
  }

  /** The partitions with the most write units in a second, the highest one first. */
  get worst() {
    return [...this.#units].sort(([, one], [, other]) => other - one);
  }
}

const keyOf = ({ pk, sk }: Item) => `${pk} ${sk}`;

/** The names and values of the attributes (developer guide, "DynamoDB item sizes and formats"), a little too large. */
const sizeOf = (item: Item): number =>
  Buffer.byteLength(JSON.stringify(marshall(item, { removeUndefinedValues: true })));

/** Requests by API Gateway to functions: so many run at the same time for one viewer. */
const AT_ONCE = 100;

const logsOf = (load: Load) =>
  Array.from({ length: AT_ONCE }, () => new AuditLog(load.table('audit'), { days: 365 }));

const request = (load: Load, subject: string, given: Partial<AuditEvent>): AuditEvent => ({
  ...eventOfSystem(),
  id: newId({ msecs: load.now + Math.floor(Math.random() * 1000) }),
  at: new Date(load.now).toISOString(),
  subject,
  role: 'doctor',
  method: 'GET',
  path: '/dicom-web/studies/1.2.840.113619.2.55.3.604688119/series/1.2.840.113619.2.55.3.604688120',
  status: 200,
  requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
  address: '192.0.2.7 via 198.51.100.23',
  ...given,
});

/** Each reader requests each slice of a series; all of them are read in the same second. */
async function openSeries(load: Load, readers: number, slices: number): Promise<void> {
  const logs = logsOf(load);
  for (let reader = 0; reader < readers; reader++) {
    for (let slice = 0; slice < slices; slice++) {
      const event = request(load, `reader-${reader}`, { action: 'get-frames', patientIds: ['P-series'] });
      await logs[slice % AT_ONCE]?.appendRead(event, {
        studyUid: '1.2.840.113619.2.55.3.604688119',
        seriesUid: `1.2.840.113619.2.55.3.60468812${reader}`,
        sopUid: `1.2.840.113619.2.55.3.604688121.${slice}`,
        frames: '1',
      });
    }
  }
}

/** Pages of 200 images, of one patient, for one service. */
async function listImages(load: Load, pages: number): Promise<void> {
  const [log] = logsOf(load);
  for (let page = 0; page < pages; page++) {
    const resources = Array.from({ length: 200 }, () => `image ${newId()}`);
    await log?.append(
      request(load, 'key:service', { action: 'list-images', patientIds: ['P-1'], resources }),
    );
  }
}

/** Uploads by one API key: half of them DICOM instances of one series, half of them images of one batch. */
async function write(load: Load, writes: number): Promise<void> {
  const [log] = logsOf(load);
  const [dicom, imageIntake] = [new DicomIntake(load.table('main')), new ImageIntake(load.table('main'))];
  for (let count = 0; count < writes; count++) {
    const opened = request(load, 'key:import', { action: 'upload-dicom', method: 'POST', outcome: 'opened' });
    await log?.append(opened);
    if (count % 2 === 0) await dicom.store(instance(load));
    else await imageIntake.createPending([image(load)]);
    await log?.complete({ ...opened, outcome: 'success', patientIds: ['P-1'] });
  }
}

const STUDY = '1.2.840.113619.2.55.3.1';
const SERIES = '1.2.840.113619.2.55.3.1.1';
let instances = 0;
const instance = (load: Load): NewDicom => ({
  instance: {
    sopUid: `${SERIES}.${++instances}`,
    seriesUid: SERIES,
    studyUid: STUDY,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    orthancId: '8a8cf898-ca27c490-d0c7058c-929d0581-2bbf104d',
    namedPatient: { id: 'P-1', issuer: null },
    bytes: 525_000,
    sha256: 'a'.repeat(64),
    frames: 1,
    rows: 512,
    columns: 512,
    instanceNumber: instances,
    attributes: { '00080018': { vr: 'UI', Value: [`${SERIES}.${instances}`] } },
    uploadedAt: new Date(load.now).toISOString(),
    uploadedBy: 'key:import',
    source: 'clinic',
  },
  series: {
    studyUid: STUDY,
    seriesUid: SERIES,
    modality: 'CT',
    attributes: { '00080060': { vr: 'CS', Value: ['CT'] }, '00200011': { vr: 'IS', Value: [1] } },
  },
  study: {
    studyUid: STUDY,
    patientId: 'P-1',
    namedPatient: { id: 'P-1', issuer: null },
    attributes: {
      '00080020': { vr: 'DA', Value: ['20261128'] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Doe^Jane' }] },
    },
  },
});

const BATCH = newId();
const image = (load: Load) =>
  ({
    id: newId(),
    patientId: 'P-1',
    batchId: BATCH,
    fileName: 'heel.jpg',
    mimeType: 'image/jpeg',
    fileSize: 3_000_000,
    order: 1,
    category: 'other',
    caption: 'Left heel, standing',
    status: 'pending',
    uploadedAt: new Date(load.now).toISOString(),
    uploadedLocal: '2026-11-28T12:00:00',
    uploadedBy: 'key:import',
    source: 'clinic',
  }) as unknown as Image;

test(
  'No partition takes over 500 write units a second while 20 viewers open series of 500 slices, and 100 pages of 200 ' +
    'images and 100 uploads come each second for a minute',
  async () => {
    const load = new Load();
    for (let second = 0; second < SECONDS; second++) {
      if (second === 10) await openSeries(load, 20, 500);
      await listImages(load, 100);
      await write(load, 100);
      load.now += 1000;
    }
    const { worst } = load;
    for (const [partition, units] of worst.slice(0, 5)) console.log(`${units} units: ${partition}`);
    expect(worst.length).toBeGreaterThan(SECONDS * 10);
    expect(worst[0]?.[1]).toBeLessThanOrEqual(MOST);
  },
);

test('The load finds a hot partition', async () => {
  const load = new Load();
  const [log] = logsOf(load);
  // All events in the same shard: 100 pages of 10 units.
  for (let page = 0; page < 100; page++) {
    const id = newId({ msecs: load.now }).replace(/..$/, '00');
    const resources = Array.from({ length: 200 }, () => `image ${newId()}`);
    await log?.append(request(load, 'key:service', { id, patientIds: ['P-1'], resources }));
  }
  const hot = load.worst.filter(([, units]) => units > MOST).map(([partition]) => partition);
  expect(hot.map((partition) => partition.replace(/ at.*/, '')).sort()).toEqual([
    'audit gsi1 EVENTS#2026-11-28#0',
    'audit gsi2 PATIENT#P-1#0',
    'audit gsi3 PERSON#key:service#0',
  ]);
});

test('One viewer that reads 2,000 frames of a series in a second stays within the limit', async () => {
  const load = new Load();
  await openSeries(load, 1, 1900);
  expect(load.worst[0]?.[1]).toBeLessThanOrEqual(MOST);
});
