import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { v7 as newId } from 'uuid';
import { expect, test } from 'vitest';
import { Cases } from '../../lib/data/cases.ts';
import { Images } from '../../lib/data/images.ts';
import { storedAmountKey } from '../../lib/data/keys.ts';
import { newImage } from '../../lib/domain/images/new-image.ts';
import { useOwnDatabase } from '../support/own-database.ts';

const database = useOwnDatabase();
const now = new Date();

const imageOf = (subject: string, fileSize: number, owner: object = {}) =>
  newImage(
    { id: newId(), fileName: 'a.jpg', mimeType: 'image/jpeg', fileSize, patientId: 'P-1', ...owner },
    { role: 'doctor', subject },
    now,
  );

async function storedBy(subject: string) {
  const { name: TableName, client } = database.table;
  const { Item } = await client.send(new GetCommand({ TableName, Key: storedAmountKey(subject) }));
  return Item && { bytes: Item.bytes, files: Item.files };
}

test('Of many concurrent uploads of one person, as many pass as the quota has room for', async () => {
  const images = new Images(database.table);
  const quota = { bytes: 1000, files: 100 };
  const uploads = Array.from({ length: 30 }, () => [imageOf('racer', 50), imageOf('racer', 50)]);
  const outcomes = await Promise.allSettled(uploads.map((each) => images.createPending(each, quota)));
  const refused = outcomes.filter((each) => each.status === 'rejected');
  expect(refused).toHaveLength(20);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  expect(await storedBy('racer')).toEqual({ bytes: 1000, files: 20 });
  expect(await images.getMany(uploads.flat().map(({ id }) => id))).toHaveLength(20);
});

test('A registration that is repeated is counted once, and a repeated erasure as well', async () => {
  const images = new Images(database.table);
  const some = Array.from({ length: 150 }, () => imageOf('twice', 2));
  const quota = { bytes: 300, files: 150 };
  await images.createPending(some.slice(0, 70), quota);
  await images.createPending(some, quota);
  await images.createPending(some, quota);
  expect(await storedBy('twice')).toEqual({ bytes: 300, files: 150 });
  const [first = imageOf('twice', 2)] = some;
  await images.rememberErasure(first, now);
  await images.rememberErasure(first, now);
  expect(await storedBy('twice')).toEqual({ bytes: 298, files: 149 });
  // Its place is free again, for one.
  await images.createLinked(imageOf('twice', 2, { links: { prescription: 'RX-9' } }), quota);
  const refused = images.createLinked(imageOf('twice', 1, { links: { prescription: 'RX-9' } }), quota);
  await expect(refused).rejects.toMatchObject({
    code: 'PAYLOAD_TOO_LARGE',
    details: [
      'one person may store 150 images of 300 bytes in all; you have 150 of 300 bytes, and 1 of 1 bytes were to be added',
      expect.stringContaining('the clinic can raise the quota'),
    ],
  });
});

test('An image of a case is counted, and one that does not fit claims no case', async () => {
  const cases = new Cases(database.table);
  const caller = { role: 'doctor', subject: 'case' } as const;
  const soon = new Date(now.getTime() + 60_000);
  const quota = { bytes: 10, files: 9 };
  const image = (caseId: string) => ({ ...imageOf('case', 6), patientId: 'P-1', caseId });
  await cases.addPending(image('C-1'), undefined, now, soon, caller, quota);
  const second = cases.addPending(image('C-2'), undefined, now, soon, caller, quota);
  await expect(second).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  expect(await storedBy('case')).toEqual({ bytes: 6, files: 1 });
  expect(await cases.get('C-2', now)).toBeUndefined();
  // What could never fit is refused before it is written.
  const large = { ...image('C-1'), fileSize: 11 };
  const never = cases.addPending(large, undefined, now, soon, caller, quota);
  await expect(never).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
});
