import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { v7 as newId } from 'uuid';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { connectTable } from '../../lib/data/dynamodb/table.ts';
import { toItem } from '../../lib/data/images/image-writes.ts';
import { auditKey, batchKey, batchListKey } from '../../lib/data/keys.ts';
import type { AuditEvent } from '../../lib/domain/audit/audit-event.ts';
import type { Image } from '../../lib/domain/images/image.ts';
import { adminEnvironment } from '../../lib/local/admin-environment.ts';
import { photo } from '../fixtures/photos.ts';
import { ClinicLoad, randomNumbers } from '../soak/clinic-load.ts';
import { violationsOf } from '../soak/invariants.ts';
import { Ledger } from '../soak/ledger.ts';
import { RetryingClient } from '../soak/retrying-client.ts';
import { directAccess } from '../support/direct-access.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { reconcileAll } from '../support/reconciling.ts';
import { type Client, until } from '../support/service.ts';

// The check that ends each run with faults must itself find faults: each test plants one.

const service = useOwnStack();
const ledger = new Ledger();
const patientId = 'P-INVARIANTS';
let direct: Awaited<ReturnType<typeof directAccess>>;
let users: Record<'doctor' | 'admin', Client>;

const violations = () =>
  violationsOf(ledger, {
    send: (user, method, path) => users[user].send(method, path),
    reconcile: async () => {
      const at = new Date(Date.now() + 16 * 60_000);
      const found = await reconcileAll(adminEnvironment(service.whole), { at, isDryRun: true });
      return Object.fromEntries(
        Object.entries(found).map(([name, text]) => [name, Number.parseInt(text, 10)]),
      );
    },
  });

beforeAll(async () => {
  direct = await directAccess(service);
  users = { doctor: await service.as('doctor'), admin: await service.as('admin') };
  const token = await service.stack.token('doctor');
  const authorization = async () => `Bearer ${token}`;
  const client = new RetryingClient({
    url: service.stack.url,
    authorization,
    ledger,
    signal: AbortSignal.timeout(60_000),
  });
  const photos = [Buffer.from((await photo()).bytes)];
  const load = new ClinicLoad({ client, ledger, photos, patientId, random: randomNumbers(3) });
  while (!hasEnough()) await load.step();
  await until(async () => (await violations()).length === 0);
});

const imagesIn = (state: string) =>
  [...ledger.patient(patientId).batches.values()]
    .flatMap(({ images }) => [...images])
    .filter(([, image]) => image.state === state && image.isUploaded);
const hasEnough = () =>
  imagesIn('there').length > 2 && imagesIn('deleted').length > 0 && ledger.actions.has('list images');

async function anImage(): Promise<Image> {
  const [[id = ''] = []] = imagesIn('there');
  return (await direct.images.get(id)) as Image;
}

/** Restores what a test has planted. */
let undo = async (): Promise<unknown> => undefined;
afterEach(async () => {
  await undo();
  undo = async () => undefined;
});

test('A lost object is found', async () => {
  const { key = '', mimeType } = await anImage();
  const bytes = await direct.bucket.read(key);
  await direct.bucket.delete([key]);
  undo = () => direct.bucket.write(key, bytes as Uint8Array, mimeType);
  expect((await violations()).join()).toMatch(/1 missingObject.*its bytes are others/);
});

test('An object with other bytes of the same length is found', async () => {
  const { key = '', mimeType } = await anImage();
  const bytes = (await direct.bucket.read(key)) as Uint8Array;
  await direct.bucket.write(
    key,
    bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte)),
    mimeType,
  );
  undo = () => direct.bucket.write(key, bytes, mimeType);
  expect((await violations()).join()).toMatch(/1 otherObject.*its bytes are others/);
});

test('An upload without a final state is found', async () => {
  const image = await anImage();
  await direct.putItem(toItem({ ...image, status: 'pending' }));
  undo = () => direct.putItem(toItem(image));
  expect((await violations()).join()).toContain(`the upload ${image.id} is pending`);
});

test('A wrong count is found', async () => {
  const { batchId = '' } = await anImage();
  const batch = await direct.batches.get(batchId);
  if (!batch) throw new Error('the batch is gone');
  const item = { ...batch, ...batchKey(batchId), ...batchListKey(batch) };
  await direct.putItem({ ...item, imageCount: batch.imageCount + 1 });
  undo = () => direct.putItem(item);
  expect((await violations()).join()).toMatch(/1 wrongCount.*counts \d+ images of \d+/);
});

test('A deleted image that comes back by itself is found', async () => {
  const [[id = ''] = []] = imagesIn('deleted');
  const image = await direct.deletedImages.get(id, new Date());
  if (!image) throw new Error('the image can not be restored');
  await direct.deletedImages.restore(image, new Date());
  undo = async () => users.doctor.json('DELETE', `/api/images/${id}/`, 204);
  expect((await violations()).join()).toContain(`the image ${id} was deleted, and is served (200)`);
});

test('An effect that happened twice is found', async () => {
  const { batchId = '' } = await anImage();
  const batch = await direct.batches.get(batchId);
  if (!batch) throw new Error('the batch is gone');
  const twin = { ...batch, id: newId(), imageCount: 0 };
  await direct.putItem({ ...twin, ...batchKey(twin.id), ...batchListKey(twin) });
  undo = () => direct.removeItem(batchKey(twin.id));
  expect((await violations()).join()).toContain(`${twin.id} was created by nobody`);
});

test('A request without an audit event is found', async () => {
  const known = new Set(ledger.responses.map(({ requestId }) => requestId));
  const now = Date.now();
  const events = await Array.fromAsync(direct.auditReader.within(new Date(now - 600_000), new Date(now)));
  // A list has one item, without an end of its own.
  const isList = ({ action }: AuditEvent) => action === 'list-images';
  const event = events.find((each) => isList(each) && known.has(each.requestId ?? '')) as AuditEvent;
  const audit = connectTable(service.stack.output('AuditTableName'));
  const [item] = await direct.auditReader.itemsOf(event.id);
  await audit.client.send(new DeleteCommand({ TableName: audit.name, Key: auditKey(event.id) }));
  undo = () => direct.auditLog.append(item as never);
  expect((await violations()).join()).toContain('has 0 audit events');
});

test('Without them there is nothing to find', async () => {
  expect(await violations()).toEqual([]);
});
