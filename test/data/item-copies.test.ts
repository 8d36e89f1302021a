import { PutCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import { beforeAll, expect, test } from 'vitest';
import { ItemCopies, type ItemKey } from '../../lib/data/restore/item-copies.ts';
import { useOwnDatabase } from '../support/own-database.ts';

// Two tables with the same keys: one stands for the table that DynamoDB restored.
const database = useOwnDatabase();
const COUNT = 1100;
const keyOf = (index: number) => ({ pk: `IMAGE#${index}`, sk: 'IMAGE' });
let copies: ItemCopies;
beforeAll(async () => {
  const { client, name: TableName } = database.auditTable;
  for (let index = 0; index < COUNT; index++)
    await client.send(new PutCommand({ TableName, Item: { ...keyOf(index), version: 'restored' } }));
  copies = new ItemCopies(database.auditTable, database.table);
});

const copied = async () => {
  const { client, name: TableName } = database.table;
  const items: Record<string, unknown>[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true }))
    items.push(...Items);
  return items;
};

test('A copy that was interrupted continues after its last page, and replaces nothing', async () => {
  const { client, name: TableName } = database.table;
  await client.send(new PutCommand({ TableName, Item: { ...keyOf(7), version: 'newer' } }));
  let last: ItemKey | undefined;
  let written = 0;
  for await (const page of copies.copy(undefined, 1e6, (item) => item)) {
    written += page.written;
    last = page.last;
    break;
  }
  const afterFirstPage = (await copied()).length;
  expect(afterFirstPage).toBeGreaterThanOrEqual(written);
  expect(afterFirstPage).toBeLessThan(COUNT);
  const pages: number[] = [];
  for await (const page of copies.copy(last, 1e6, (item) => item)) {
    pages.push(page.written);
    written += page.written;
  }
  expect(pages.length).toBeGreaterThan(1);
  expect(written).toBe(COUNT - 1);
  const items = await copied();
  expect(items).toHaveLength(COUNT);
  expect(items.filter(({ version }) => version === 'newer')).toHaveLength(1);
});

test('A copy takes as long as its write units a second allow', async () => {
  const startedAt = performance.now();
  const unitsPerSecond = 1000;
  // Items that are there already cost a unit too: their condition is checked.
  for await (const _page of copies.copy(undefined, unitsPerSecond, (item) => item));
  expect(performance.now() - startedAt).toBeGreaterThan((COUNT / unitsPerSecond) * 1000 * 0.9);
});
