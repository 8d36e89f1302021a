import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DomainError } from '../domain/errors.ts';
import { INDEXES, type IndexName } from './keys.ts';
import { parseItem, type Table } from './table.ts';

/** Which part of a list is asked for. */
export interface PageRequest {
  limit: number;
  cursor?: string | undefined;
}

/** A part of a list; `next` is the cursor of the part after it, null at the end. */
export interface Page<T> {
  items: T[];
  next: string | null;
}

/**
 * The place after which a page begins. The partition is not in it but comes from the request, so that no cursor,
 * forged or not, reaches beyond the list that the caller may see.
 */
const Cursor = z.strictObject({ id: z.string().max(64), sort: z.string().max(128) });
type Cursor = z.infer<typeof Cursor>;

const encode = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url');

function decode(text: string): Cursor {
  try {
    return Cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch (cause) {
    throw new DomainError('BAD_REQUEST', 'Validation failed', {
      details: ['cursor is not one that this list gave'],
      cause,
    });
  }
}

interface ListQuery<T> {
  /** The index that holds the list. */
  index?: IndexName;
  /** The partition of that index. */
  partition: string;
  schema: z.ZodType<T>;
  /** The primary key of an item of the list. */
  keyOf: (id: string) => { pk: string; sk: string };
  /** What an item is known by in its list; its `id` if left out. */
  idOf?: (item: T) => string;
  newestFirst?: boolean;
  /** The first and the last sort key that count. */
  between?: readonly [first: string, last: string];
  filter?: Pick<QueryCommandInput, 'FilterExpression' | 'ExpressionAttributeValues'>;
  /** Leaves out what is not asked for, where DynamoDB has no words for it (it knows no small letters). */
  keep?: (item: T) => boolean | Promise<boolean>;
}

/** Items that one Query looks at where most are left out; DynamoDB itself stops at 1 MB. */
const FILTERED_READ = 500;

/** Items that one request looks at where most are left out: a list of years must not be read at one go. */
export const FILTERED_BUDGET = 1000;

/**
 * One part of a list, from one partition of an index, and `next` is null exactly at the end.
 *
 * It is as long as asked for unless the list ends. Where `keep` leaves much of it out, it is shorter and may be empty:
 * then so many items were looked at that the next request has to go on.
 *
 * @throws DomainError BAD_REQUEST for a cursor that no list of this kind gave
 */
export async function queryPage<T>(
  table: Table,
  query: ListQuery<T>,
  { limit, cursor }: PageRequest,
): Promise<Page<T>> {
  const after = cursor === undefined ? undefined : decode(cursor);
  // One more than asked for, which tells whether there is a next part.
  const { keep = () => true } = query;
  const items: T[] = [];
  let last: Cursor | undefined;
  let examined = 0;
  for await (const { item, place } of walk(table, query, after, query.keep ? FILTERED_READ : limit + 1)) {
    const isKept = await keep(item);
    if (last && ((isKept && items.length === limit) || examined === FILTERED_BUDGET)) {
      return { items, next: encode(last) };
    }
    if (isKept) items.push(item);
    last = place;
    examined++;
  }
  return { items, next: null };
}

/** All items of a list, read part by part as they are used. */
export async function* queryAll<T>(table: Table, query: ListQuery<T>): AsyncGenerator<T> {
  for await (const { item } of walk(table, query, undefined, 1000)) yield item;
}

async function* walk<T>(
  { name, client }: Table,
  { index = 'gsi1', partition, schema, keyOf, idOf, newestFirst = false, between, filter = {} }: ListQuery<T>,
  after: Cursor | undefined,
  readAtOnce: number,
): AsyncGenerator<{ item: T; place: Cursor }> {
  const { partitionKey, sortKey } = INDEXES[index];
  let start: Record<string, unknown> | undefined = after && {
    ...keyOf(after.id),
    [partitionKey]: partition,
    [sortKey]: after.sort,
  };
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: name,
        IndexName: index,
        KeyConditionExpression: `${partitionKey} = :partition${between ? ` AND ${sortKey} BETWEEN :first AND :last` : ''}`,
        ...filter,
        ExpressionAttributeValues: {
          ':partition': partition,
          ...(between && { ':first': between[0], ':last': between[1] }),
          ...filter.ExpressionAttributeValues,
        },
        ScanIndexForward: !newestFirst,
        Limit: readAtOnce,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const stored of Items) {
      const item = parseItem(schema, stored);
      yield { item, place: { id: idOf ? idOf(item) : String(stored.id), sort: String(stored[sortKey]) } };
    }
    start = LastEvaluatedKey;
  } while (start);
}
