import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DomainError } from '../../domain/errors.ts';
import { INDEXES, type IndexName, TABLE_SCHEMA } from '../keys.ts';
import { parseItem, reportDamage, type Table } from './table.ts';

/** The requested page of a list. */
export interface PageRequest {
  limit: number;
  cursor?: string | undefined;
}

/** A page of a list. `next` is the cursor of the following page, null on the last one. */
export interface Page<T> {
  items: T[];
  next: string | null;
}

/**
 * The position after which a page begins. The request determines the partition, not the cursor, so that a forged cursor
 * can't reach another list than the one the caller may see.
 */
const Cursor = z.strictObject({ id: z.string().max(80), sort: z.string().max(1024) });
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

export interface ListQuery<T> {
  /** The index that holds the list, or the table itself, of which every read is consistent. */
  index?: IndexName | 'table';
  /** The partition of that index. */
  partition: string;
  schema: z.ZodType<T>;
  /** The primary key of an item of the list. */
  keyOf: (id: string) => { pk: string; sk: string };
  /** The id of an item in its list; its `id` if undefined. */
  idOf?: (item: T) => string;
  newestFirst?: boolean;
  /** The first and the last sort key, both included. */
  between?: readonly [first: string, last: string];
  filter?: Pick<
    QueryCommandInput,
    'FilterExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
  >;
  /** The attributes to read; all if undefined. Most of the time of a long list is for turning attributes into values. */
  attributes?: readonly string[];
  /** Filters items by conditions that DynamoDB can't express (it has no case-insensitive comparison). */
  keep?: (item: T) => boolean | Promise<boolean>;
  /**
   * Whether a damaged item is left out and reported. Otherwise the list fails, but only after its other items, so that what is
   * done with each of them is done.
   */
  leavesOutDamaged?: boolean;
  /** Items that one Query reads. The default with `keep` is for filters that leave out most. */
  readAtOnce?: number;
}

/** Items that one Query reads if most are filtered out; DynamoDB itself stops at 1 MB. */
const FILTERED_READ = 500;

/** Items that one request reads if most are filtered out, so that one request does not read a list of several years. */
export const FILTERED_BUDGET = 1000;

/**
 * Reads one page of a list from one partition of an index. `next` is null exactly on the last page.
 *
 * The page has the requested length unless the list ends. If `keep` filters out many items, it is shorter and may be
 * empty, because a request reads a limited number of items. Damaged items are left out.
 *
 * @throws DomainError BAD_REQUEST for a cursor that no list of this kind returned
 */
export async function queryPage<T>(
  table: Table,
  query: ListQuery<T>,
  { limit, cursor }: PageRequest,
): Promise<Page<T>> {
  const after = cursor === undefined ? undefined : decode(cursor);
  // One more than requested, to know whether there is another page.
  const { keep = () => true, readAtOnce = query.keep ? FILTERED_READ : limit + 1 } = query;
  const items: T[] = [];
  let last: Cursor | undefined;
  let examined = 0;
  const readable = { ...query, leavesOutDamaged: true };
  for await (const { item, place } of queryWithCursors(table, readable, after, readAtOnce)) {
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

/**
 * Yields all items of a list, read page by page as they are consumed.
 *
 * @throws DamagedItem after all others, unless the query leaves damaged items out
 */
export async function* queryAll<T>(table: Table, query: ListQuery<T>): AsyncGenerator<T> {
  for await (const { item } of queryWithCursors(table, query, undefined, 1000)) yield item;
}

/** Yields the items of a list with their positions, read as they are consumed. */
export async function* queryWithCursors<T>(
  { name, client }: Table,
  {
    index = 'gsi1',
    partition,
    schema,
    keyOf,
    idOf,
    newestFirst = false,
    between,
    filter = {},
    attributes,
    leavesOutDamaged = false,
  }: ListQuery<T>,
  after: Cursor | undefined,
  readAtOnce: number,
): AsyncGenerator<{ item: T; place: Cursor }> {
  const { partitionKey, sortKey } = index === 'table' ? TABLE_SCHEMA : INDEXES[index];
  let damaged: unknown;
  let start: Record<string, unknown> | undefined = after && {
    ...keyOf(after.id),
    [partitionKey]: partition,
    [sortKey]: after.sort,
  };
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: name,
        ...(index === 'table' ? { ConsistentRead: true } : { IndexName: index }),
        KeyConditionExpression: `${partitionKey} = :partition${between ? ` AND ${sortKey} BETWEEN :first AND :last` : ''}`,
        ...filter,
        ...(attributes && projectionOf([...attributes, sortKey], filter.ExpressionAttributeNames)),
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
      let item: T;
      try {
        item = parseItem(schema, stored);
      } catch (error) {
        if (leavesOutDamaged) reportDamage(error);
        else damaged ??= error;
        continue;
      }
      const id = idOf ? idOf(item) : String(stored.id);
      yield { item, place: { id, sort: String(stored[sortKey]) } };
    }
    start = LastEvaluatedKey;
  } while (start);
  if (damaged) throw damaged;
}

/** By other names, because many names are reserved (DynamoDB developer guide, "Reserved words in DynamoDB"). */
function projectionOf(attributes: readonly string[], others: Record<string, string> = {}) {
  const names = attributes.map((attribute, index) => [`#read${index}`, attribute] as const);
  return {
    ProjectionExpression: names.map(([name]) => name).join(', '),
    ExpressionAttributeNames: { ...others, ...Object.fromEntries(names) },
  };
}
