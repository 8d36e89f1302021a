import type { DynamoDBRecord } from 'aws-lambda';
import { expect, test } from 'vitest';
import { handle } from '../../../functions/events/distribute-changes/handler.ts';

type Image = NonNullable<DynamoDBRecord['dynamodb']>['NewImage'];

/** The functions that receive a change of an item with this partition key. */
async function receiversOf(
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE',
  pk: string,
  NewImage?: Image,
  existing = ['complete-changes', 'erase-objects', 'process-arrived-image', 'forward-dicom'],
) {
  const record: DynamoDBRecord = {
    eventName,
    dynamodb: { Keys: { pk: { S: pk } }, ...(NewImage && { NewImage }) },
  };
  const sent: string[] = [];
  await handle(record, {
    queueUrls: new Map(existing.map((id) => [id, id])),
    messageSender: {
      send: async (url, body) => {
        expect(JSON.parse(body)).toEqual(record);
        sent.push(url);
      },
    },
  });
  return sent;
}

test('A removed item goes to the function that erases, and one of another kind to none', async () => {
  for (const pk of ['IMAGE#1', 'BATCH#1', 'EXPORT#1', 'DELETION#1'])
    expect(await receiversOf('REMOVE', pk)).toEqual(['erase-objects']);
  expect(await receiversOf('REMOVE', 'PATIENT#1')).toEqual([]);
});

test('A marked item goes to the function that completes, and a change without the mark to none', async () => {
  const deletedAt = { S: '2026-01-01T00:00:00Z' };
  expect(await receiversOf('MODIFY', 'IMAGE#1', { deletedAt })).toEqual(['complete-changes']);
  expect(await receiversOf('MODIFY', 'IMAGE#1', { assignment: { M: { at: deletedAt } } })).toEqual([
    'complete-changes',
  ]);
  expect(await receiversOf('MODIFY', 'BATCH#1', { unsettledSince: deletedAt })).toEqual(['complete-changes']);
  expect(await receiversOf('MODIFY', 'IMAGE#1', { caption: { S: 'left' } })).toEqual([]);
  expect(await receiversOf('MODIFY', 'IMAGE#1', { assignment: { S: 'at' } })).toEqual([]);
  expect(await receiversOf('INSERT', 'BATCH#1', { unsettledSince: deletedAt })).toEqual([]);
});

test('An image that its client reports goes to its check until it is decided', async () => {
  const arrivedAt = { S: '2026-01-01T00:00:00Z' };
  const reported = (status: string) => receiversOf('MODIFY', 'IMAGE#1', { arrivedAt, status: { S: status } });
  expect(await reported('pending')).toEqual(['process-arrived-image']);
  expect(await reported('ready')).toEqual([]);
});

test('A new DICOM instance goes to its forwarding, if there is one', async () => {
  expect(await receiversOf('INSERT', 'INSTANCE#1.2', { sopUid: { S: '1.2' } })).toEqual(['forward-dicom']);
  expect(await receiversOf('INSERT', 'INSTANCE#1.2', {}, ['erase-objects'])).toEqual([]);
  expect(await receiversOf('MODIFY', 'INSTANCE#1.2', {})).toEqual([]);
});

test('One change can go to two functions', async () => {
  const both = { deletedAt: { S: 'x' }, arrivedAt: { S: 'x' }, status: { S: 'pending' } };
  expect(await receiversOf('MODIFY', 'IMAGE#1', both)).toEqual(['complete-changes', 'process-arrived-image']);
});
