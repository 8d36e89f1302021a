import { expect, test } from 'vitest';
import { PartitionThroughput, TableRequest } from '../../../lib/local/dynamodb/partition-throughput.ts';

const KEYS = new Map([
  [
    'T',
    [
      { index: '', attribute: 'pk' },
      { index: 'gsi1', attribute: 'gsi1pk' },
    ],
  ],
]);

function throughput() {
  let now = 1_000_000;
  const throughput = new PartitionThroughput(KEYS, () => now);
  const counted = {
    exhausted: (action: string, request: object) => throughput.exhausted(usesOf(action, request)),
    count: (action: string, request: object, responseBytes: number) =>
      throughput.count(usesOf(action, request), responseBytes),
  };
  const usesOf = (action: string, request: object) => throughput.usesOf(action, TableRequest.parse(request));
  return { counted, wait: (seconds: number) => (now += seconds * 1000) };
}

const put = (pk: string, bytes: number, more: object = {}) => ({
  TableName: 'T',
  Item: { pk: { S: pk }, text: { S: 'x'.repeat(bytes) }, ...more },
});

test('A partition key value takes 1,000 write units in a second, one for each begun KB', () => {
  const { counted, wait } = throughput();
  for (let writes = 0; writes < 500; writes++) {
    expect(counted.exhausted('PutItem', put('A', 1500))).toBeUndefined();
    counted.count('PutItem', put('A', 1500), 2);
  }
  expect(counted.exhausted('PutItem', put('A', 1))).toBe('T/ {"S":"A"}');
  expect(counted.exhausted('PutItem', put('B', 1))).toBeUndefined();
  wait(1);
  expect(counted.exhausted('PutItem', put('A', 1))).toBeUndefined();
});

test('What was taken beyond the limit is missing in the next second', () => {
  const { counted, wait } = throughput();
  for (let writes = 0; writes < 6; writes++) counted.count('PutItem', put('A', 399_000), 2);
  wait(1);
  expect(counted.exhausted('PutItem', put('A', 1))).toBeDefined();
  wait(2);
  expect(counted.exhausted('PutItem', put('A', 1))).toBeUndefined();
});

test('A value of an index is counted, however many items of the table have it', () => {
  const { counted } = throughput();
  for (let item = 0; item < 1000; item++)
    counted.count('PutItem', put(`item ${item}`, 10, { gsi1pk: { S: 'LIST' } }), 2);
  expect(counted.exhausted('PutItem', put('another', 10, { gsi1pk: { S: 'LIST' } }))).toBe(
    'T/gsi1 {"S":"LIST"}',
  );
  expect(counted.exhausted('PutItem', put('another', 10))).toBeUndefined();
});

test('Batches and transactions are counted by their items, a transaction twice', () => {
  const { counted } = throughput();
  const { Item } = put('A', 10);
  const batch = { RequestItems: { T: Array(25).fill({ PutRequest: { Item } }) } };
  for (let batches = 0; batches < 20; batches++) counted.count('BatchWriteItem', batch, 2);
  const transaction = { TransactItems: Array(50).fill({ Put: { TableName: 'T', Item } }) };
  for (let round = 0; round < 4; round++) counted.count('TransactWriteItems', transaction, 2);
  expect(counted.exhausted('PutItem', put('A', 1))).toBeUndefined();
  counted.count('TransactWriteItems', transaction, 2);
  expect(counted.exhausted('TransactWriteItems', transaction)).toBeDefined();
});

test('A partition key value takes 3,000 read units of 4 KB, and twice as much without consistency', () => {
  const { counted } = throughput();
  const query = (ConsistentRead: boolean) => ({
    TableName: 'T',
    IndexName: 'gsi1',
    KeyConditionExpression: '#key = :list AND gsi1sk > :after',
    ExpressionAttributeNames: { '#key': 'gsi1pk' },
    ExpressionAttributeValues: { ':list': { S: 'LIST' }, ':after': { S: 'x' } },
    ConsistentRead,
  });
  for (let reads = 0; reads < 23; reads++) counted.count('Query', query(false), 1024 * 1024);
  expect(counted.exhausted('Query', query(false))).toBeUndefined();
  counted.count('Query', query(true), 1024 * 1024);
  expect(counted.exhausted('Query', query(false))).toBe('T/gsi1 {"S":"LIST"}');
  // Writes have units of their own.
  expect(counted.exhausted('PutItem', put('A', 10, { gsi1pk: { S: 'LIST' } }))).toBeUndefined();
});
