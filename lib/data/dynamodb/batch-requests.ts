import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetCommand, BatchWriteCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { backOffMs } from '../../domain/back-off.ts';
import type { Table } from './table.ts';

/** Items that one BatchWriteItem takes, and keys that one BatchGetItem takes (DynamoDB API reference). */
const WRITE_BATCH = 25;
const GET_BATCH = 100;

/** Batches that are written at the same time. The time limit of a request counts while it waits for a connection (the SDK has 50). */
const WRITES_AT_ONCE = 8;

export type WriteRequest =
  | { PutRequest: { Item: Record<string, unknown> } }
  | { DeleteRequest: { Key: Record<string, unknown> } };

/** Writes all of the items, in no order. If the process ends early, some of them are written. */
export const writeMany = async (table: Table, requests: readonly WriteRequest[]): Promise<void> => {
  for (const some of chunks(chunks(requests, WRITE_BATCH), WRITES_AT_ONCE)) {
    await Promise.all(some.map((batch) => writeBatch(table, batch)));
  }
};

type Item = Record<string, unknown>;

/** A call of `getMany` that waits for those of the same moment. */
interface Waiting {
  keys: readonly Item[];
  resolve: (items: Item[]) => void;
  reject: (error: unknown) => void;
}

const waiting = new WeakMap<Table, Waiting[]>();

/**
 * Reads the items that exist, in no order, with consistent reads. What is asked for at the same moment is read together: the
 * files of one request ask for the same study.
 */
export const getMany = (table: Table, keys: readonly Item[]): Promise<Item[]> =>
  new Promise((resolve, reject) => {
    const known = waiting.get(table);
    const calls = known ?? [];
    calls.push({ keys, resolve, reject });
    if (known) return;
    waiting.set(table, calls);
    queueMicrotask(() => {
      waiting.delete(table);
      void getTogether(table, calls);
    });
  });

async function getTogether(table: Table, calls: readonly Waiting[]): Promise<void> {
  // A request with the same key twice is refused.
  const keys = new Map(calls.flatMap((call) => call.keys.map((key) => [nameOf(key), key] as const)));
  if (calls.length > 1 && keys.size > GET_BATCH) {
    await Promise.all(calls.map((call) => getTogether(table, [call])));
    return;
  }
  try {
    const items = await getChunks(table, [...keys.values()]);
    const found = new Map(items.map((item) => [nameOf(item), item]));
    for (const { keys, resolve } of calls)
      resolve(keys.map((key) => found.get(nameOf(key))).filter((item) => item !== undefined));
  } catch (error) {
    for (const { reject } of calls) reject(error);
  }
}

const nameOf = ({ pk, sk }: Item): string => JSON.stringify([pk, sk]);

async function getChunks({ name, client }: Table, allKeys: readonly Item[]): Promise<Item[]> {
  const found: Item[] = [];
  for (const chunk of chunks(allKeys, GET_BATCH)) {
    let keys = chunk;
    for (let attempt = 1; keys.length > 0; attempt++) {
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({ RequestItems: { [name]: { Keys: keys, ConsistentRead: true } } }),
      );
      found.push(...(Responses?.[name] ?? []));
      keys = UnprocessedKeys?.[name]?.Keys ?? [];
      if (keys.length > 0) await backOff(attempt);
    }
  }
  return found;
}

async function writeBatch({ name, client }: Table, requests: WriteRequest[]): Promise<void> {
  let rest = requests;
  for (let attempt = 1; rest.length > 0; attempt++) {
    const { UnprocessedItems } = await client.send(new BatchWriteCommand({ RequestItems: { [name]: rest } }));
    rest = (UnprocessedItems?.[name] ?? []) as WriteRequest[];
    if (rest.length > 0) await backOff(attempt);
  }
}

export const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_value, index) =>
    all.slice(index * size, (index + 1) * size),
  );

/** About five seconds: then the caller of an API gets an error, and an event is delivered again. */
const ATTEMPTS = 10;

/** DynamoDB left items unprocessed, which it does only if it throttles; the SDK has this name for that. */
class ThrottlingException extends Error {
  override name = 'ThrottlingException';
}

/** DynamoDB asks to send unprocessed items again after a growing pause (API reference, BatchWriteItem). */
async function backOff(attempt: number): Promise<void> {
  if (attempt === ATTEMPTS) throw new ThrottlingException('DynamoDB left items unprocessed');
  await sleep(backOffMs(attempt, 40, 1000));
}

/** The keys of all items of a partition of the table. */
export async function keysIn(
  { name, client }: Table,
  partition: string,
): Promise<{ pk: string; sk: string }[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: name,
      KeyConditionExpression: 'pk = :partition',
      ExpressionAttributeValues: { ':partition': partition },
      ProjectionExpression: 'pk, sk',
      ConsistentRead: true,
    },
  );
  const keys: { pk: string; sk: string }[] = [];
  for await (const { Items = [] } of pages) for (const { pk, sk } of Items) keys.push({ pk, sk });
  return keys;
}
