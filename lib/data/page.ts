import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DomainError } from '../domain/errors.ts';
import { TABLE_SCHEMA } from './keys.ts';
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
const Cursor = z.strictObject({ id: z.uuid(), sort: z.string().max(128) });
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
  /** The partition of the list index. */
  partition: string;
  schema: z.ZodType<T>;
  /** The primary key of an item of the list. */
  keyOf: (id: string) => { pk: string; sk: string };
  newestFirst?: boolean;
  filter?: Pick<QueryCommandInput, 'FilterExpression' | 'ExpressionAttributeValues'>;
}

/**
 * One part of a list: one Query on one partition of the list index.
 *
 * @throws DomainError BAD_REQUEST for a cursor that no list of this kind gave
 */
export async function queryPage<T extends { id: string }>(
  { name, client }: Table,
  { partition, schema, keyOf, newestFirst = false, filter = {} }: ListQuery<T>,
  { limit, cursor }: PageRequest,
): Promise<Page<T>> {
  const { index, partitionKey, sortKey } = TABLE_SCHEMA.list;
  const after = cursor === undefined ? undefined : decode(cursor);
  const { Items = [], LastEvaluatedKey: last } = await client.send(
    new QueryCommand({
      TableName: name,
      IndexName: index,
      KeyConditionExpression: `${partitionKey} = :partition`,
      ...filter,
      ExpressionAttributeValues: { ':partition': partition, ...filter.ExpressionAttributeValues },
      ScanIndexForward: !newestFirst,
      Limit: limit,
      ...(after && {
        ExclusiveStartKey: { ...keyOf(after.id), [partitionKey]: partition, [sortKey]: after.sort },
      }),
    }),
  );
  return {
    items: Items.map((item) => parseItem(schema, item)),
    next: last
      ? encode({ id: String(last.pk).slice(String(last.pk).indexOf('#') + 1), sort: last[sortKey] })
      : null,
  };
}

/** All items of a list, read part by part as they are used. */
export async function* queryAll<T extends { id: string }>(
  table: Table,
  query: ListQuery<T>,
): AsyncGenerator<T> {
  let cursor: string | null | undefined;
  do {
    const page = await queryPage(table, query, { limit: 1000, cursor: cursor ?? undefined });
    yield* page.items;
    cursor = page.next;
  } while (cursor !== null);
}
