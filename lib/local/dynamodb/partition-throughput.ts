import * as z from 'zod';

/**
 * What DynamoDB takes in a second for one value of a partition key, of a table or an index (developer guide, "Best practices for
 * designing and using partition keys effectively"). Burst capacity lets a partition catch up to these figures and never beyond them, so
 * that none is added here.
 */
const WRITE_UNITS = 1000;
const READ_UNITS = 3000;
/** Of a write unit and of a strongly consistent read unit (developer guide, "Read and write capacity"). */
const WRITE_BYTES = 1024;
const READ_BYTES = 4096;

// Not a record schema: it would copy every attribute of every item, a twentieth of the stack's CPU time of a request.
const Values = z.custom<Record<string, unknown>>((value) => typeof value === 'object' && value !== null);
const Keyed = z.object({
  TableName: z.string().optional(),
  Item: Values.optional(),
  Key: Values.optional(),
  ExpressionAttributeValues: Values.optional(),
});

/** A request to DynamoDB, as far as the local stack reads it. */
export const TableRequest = Keyed.extend({
  IndexName: z.string().optional(),
  ConsistentRead: z.boolean().optional(),
  KeyConditionExpression: z.string().optional(),
  ExpressionAttributeNames: z.record(z.string(), z.string()).optional(),
  TransactItems: z.array(z.record(z.string(), Keyed.extend({ TableName: z.string() }))).optional(),
  RequestItems: Values.optional(),
});
export type TableRequest = z.infer<typeof TableRequest>;

/** What a request takes of each partition key value. */
export interface Uses {
  /** The units that a value has in a second. */
  limit: number;
  uses: {
    /** The table or index, and the value. */
    partition: string;
    /** Of a read, for each 4 KB of its response. */
    units: number;
  }[];
}

/**
 * The names of the partition keys of the table and of its indexes. Every table of the template has the same ones: the local stack
 * refuses no other, and then counts the table alone.
 */
export type PartitionKeys = ReadonlyMap<string, readonly { index: string; attribute: string }[]>;

/** Counts the units that each partition key value takes in a second, and tells when it takes too many. */
export class PartitionThroughput {
  readonly #keys: PartitionKeys;
  readonly #now: () => number;
  #second = 0;
  #used = new Map<string, number>();

  constructor(keys: PartitionKeys, now: () => number = Date.now) {
    this.#keys = keys;
    this.#now = now;
  }

  /** What a request takes of the partition key values that it names. */
  usesOf(action: string, request: TableRequest): Uses {
    return isRead(action)
      ? { limit: READ_UNITS, uses: this.#reads(request) }
      : { limit: WRITE_UNITS, uses: this.#writes(action, request) };
  }

  /** The partition key value that has nothing left in this second; undefined if the request may be done. */
  exhausted({ limit, uses }: Uses): string | undefined {
    this.#turn();
    return uses.find(({ partition }) => (this.#used.get(`${limit} ${partition}`) ?? 0) >= limit)?.partition;
  }

  /** Counts a request that was done. The size of what was read is that of its response. */
  count({ limit, uses }: Uses, responseBytes: number) {
    this.#turn();
    const readUnits = Math.ceil(responseBytes / READ_BYTES);
    for (const { partition, units } of uses)
      this.#add(`${limit} ${partition}`, limit === READ_UNITS ? units * readUnits : units);
  }

  #add(key: string, units: number) {
    this.#used.set(key, (this.#used.get(key) ?? 0) + units);
  }

  #turn() {
    const second = Math.floor(this.#now() / 1000);
    if (second === this.#second) return;
    // What a request took beyond the limit is missing in the next second.
    const seconds = second - this.#second;
    this.#second = second;
    this.#used = new Map(
      [...this.#used].flatMap(([key, units]) => {
        const rest = units - seconds * Number.parseInt(key, 10);
        return rest > 0 ? [[key, rest] as const] : [];
      }),
    );
  }

  #reads(request: TableRequest): Uses['uses'] {
    const { TableName = '', IndexName = '', Key, ConsistentRead = false } = request;
    const own = (this.#keys.get(TableName) ?? []).find(({ index }) => index === IndexName);
    if (!own) return [];
    const value = Key ? Key[own.attribute] : equalTo(own.attribute, request);
    return value === undefined
      ? []
      : [{ partition: nameOf(TableName, own.index, value), units: ConsistentRead ? 1 : 0.5 }];
  }

  /**
   * Of an update, only what the request says is known: it counts as that many bytes, and for the indexes whose keys it sets. A
   * transaction takes twice as much.
   */
  #writes(action: string, request: TableRequest): Uses['uses'] {
    const many = Object.entries(request.RequestItems ?? {}).flatMap(([TableName, writes]) =>
      BatchWrites.parse(writes).map((each) => ({ ...(each.PutRequest ?? each.DeleteRequest), TableName })),
    );
    const parts = (request.TransactItems ?? []).flatMap((item) => Object.values(item));
    const factor = parts.length > 0 ? 2 : 1;
    const all = /^(Batch|Transact)/.test(action) ? [...many, ...parts] : [request];
    return all.flatMap(({ TableName = '', Item, Key, ExpressionAttributeValues }) => {
      const values = Item ?? Key ?? {};
      const written = Item ?? { ...Key, ...ExpressionAttributeValues };
      const units = factor * Math.max(1, Math.ceil(sizeOf(written) / WRITE_BYTES));
      return (this.#keys.get(TableName) ?? []).flatMap(({ index, attribute }) =>
        values[attribute] === undefined
          ? []
          : [{ partition: nameOf(TableName, index, values[attribute]), units }],
      );
    });
  }
}

const isRead = (action: string) => action === 'GetItem' || action === 'Query';
const nameOf = (table: string, index: string, value: unknown) => `${table}/${index} ${JSON.stringify(value)}`;

const WriteRequest = Keyed.omit({ TableName: true });
const BatchWrites = z
  .array(z.object({ PutRequest: WriteRequest.optional(), DeleteRequest: WriteRequest.optional() }))
  .catch([]);

/** The value that the condition of a query compares an attribute with. */
function equalTo(
  attribute: string,
  {
    KeyConditionExpression: condition = '',
    ExpressionAttributeNames: names = {},
    ExpressionAttributeValues: values = {},
  }: TableRequest,
): unknown {
  const [name = attribute] = Object.entries(names).find(([, named]) => named === attribute) ?? [];
  const [, value = ''] = new RegExp(`(?:^|[\\s(])${name}\\s*=\\s*(:\\w+)`).exec(condition) ?? [];
  return values[value];
}

/** The names and values of an item in bytes, without their types. */
const sizeOf = (item: object): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value), 0);

function valueSize(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return 1;
  // `{ "S": "text" }`, `{ "M": { "name": … } }`, `{ "L": […] }`
  return Object.entries(value).reduce((sum, [type, inner]) => {
    if (type === 'M' && typeof inner === 'object' && inner !== null) return sum + 3 + sizeOf(inner);
    if (Array.isArray(inner)) return inner.reduce((all: number, each) => all + 1 + valueSize(each), sum + 3);
    return sum + valueSize(inner);
  }, 0);
}
