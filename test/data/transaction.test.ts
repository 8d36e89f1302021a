import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Batches } from '../../lib/data/batches.ts';
import { retryConflicts } from '../../lib/data/dynamodb/retry-conflicts.ts';
import type { Table } from '../../lib/data/dynamodb/table.ts';
import { transact } from '../../lib/data/dynamodb/transaction.ts';

/**
 * A DynamoDB with these answers, one after the other; the local one has no two writers and so no conflicts.
 */
let answers: ({ Code: string; Item?: unknown }[] | 'conflict')[];
let requests: number;
let server: Server;
let table: Table;

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      requests++;
      const reasons = answers.shift();
      response.writeHead(reasons ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
      const exception =
        reasons === 'conflict' ? 'TransactionConflictException' : 'TransactionCanceledException';
      const __type = `com.amazonaws.dynamodb.v20120810#${exception}`;
      response.end(JSON.stringify(reasons ? { __type, CancellationReasons: reasons } : {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const client = DynamoDBDocumentClient.from(
    retryConflicts(new DynamoDBClient({ endpoint, region: 'us-east-1', credentials })),
  );
  table = { name: 'table', client };
});
afterAll(() => void server.close());
beforeEach(() => {
  requests = 0;
});

const items = [{ Put: { Item: { pk: 'a' } } }, { Put: { Item: { pk: 'b' } } }];
const conflict = [{ Code: 'None' }, { Code: 'TransactionConflict' }];

test('A transaction that is cancelled by another one is retried', async () => {
  answers = [conflict, conflict];
  expect(await transact(table, items)).toEqual(new Map());
  expect(requests).toBe(3);
});

test('A plain write that conflicts with a transaction is retried', async () => {
  answers = ['conflict', 'conflict'];
  await new Batches(table).erase('b');
  expect(requests).toBe(3);
});

test('A failed condition is a result, with the item as it was', async () => {
  answers = [[{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: { pk: { S: 'b' }, n: { N: '1' } } }]];
  expect(await transact(table, items)).toEqual(new Map([[1, { pk: 'b', n: 1 }]]));
  expect(requests).toBe(1);
});

test('Any other reason is an error', async () => {
  answers = [[{ Code: 'ValidationError' }, { Code: 'None' }]];
  await expect(transact(table, items)).rejects.toThrow();
});
