import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetShardIteratorCommand,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import type { Clock } from '../clock.ts';
import { type Delivery, type Faults, overtakingMs } from '../faults/faults.ts';
import type { Queues } from '../sqs/queues.ts';
import { statement } from '../statement.ts';
import { region } from '../template.ts';
import { BatchResponse } from './queue-consumer.ts';
import { getRecords, type StoredRecord } from './stream-records.ts';

/** An event source mapping from a table's stream, as the template declares it. */
export interface StreamMapping {
  id: string;
  /** The name of the table. */
  table: string;
  streamArn: string;
  batchSize: number;
  /** MaximumBatchingWindowInSeconds: how long a batch waits for more records. */
  batchingWindowSeconds: number;
  maxRetries: number;
  bisects: boolean;
  reportsItemFailures: boolean;
  accepts(record: unknown): boolean;
  /** The ARN of the bucket that gets the records that are given up. */
  onFailure: string | undefined;
}

/** The function that receives the records. */
export interface StreamReceiver {
  arn: string;
  functionId: string;
  invoke(event: { Records: unknown[] }): Promise<unknown>;
}

/** Writes an object into the bucket with this ARN. */
export type PutObject = (bucketArn: string, key: string, text: string) => Promise<unknown>;

/** The polling interval without a notification from the proxy (an item expired, another client wrote). */
const pollMs = 1000;
const retryDelayMs = 500;
/** Records of one page. */
const pageSize = 1000;

/** Delivers a table's stream to a function, in order, and stores its checkpoint. */
export class StreamConsumer {
  readonly #mapping: StreamMapping;
  readonly #client: DynamoDBStreamsClient;
  readonly #db: DatabaseSync;
  readonly #queues: Queues;
  readonly #receiver: StreamReceiver;
  readonly #faults: Faults;
  readonly #delivery: Delivery;
  readonly #log: (line: string) => void;
  readonly #putObject: PutObject;
  readonly #iterators = new Map<string, string | undefined>();
  readonly #closing = new AbortController();
  #isNotified = false;
  #hasPositions = true;
  #wake = new AbortController();
  #done: Promise<void> = Promise.resolve();

  constructor(
    mapping: StreamMapping,
    client: DynamoDBStreamsClient,
    db: DatabaseSync,
    queues: Queues,
    receiver: StreamReceiver,
    faults: Faults,
    log: (line: string) => void,
    putObject: PutObject,
  ) {
    this.#mapping = mapping;
    this.#client = client;
    this.#db = db;
    this.#queues = queues;
    this.#receiver = receiver;
    this.#faults = faults;
    const { functionId } = receiver;
    this.#delivery = { source: 'stream', table: mapping.table, functionId };
    this.#log = log;
    this.#putObject = putObject;
  }

  start() {
    this.#done = this.#loop();
  }

  /** Called after a write to a table. */
  notify(table: string) {
    if (table !== this.#mapping.table) return;
    this.#isNotified = true;
    // With a reason, because without one each call makes a DOMException.
    this.#wake.abort('written');
  }

  async close() {
    this.#closing.abort();
    await this.#done;
  }

  async #loop() {
    while (!this.#closed) {
      const isNotified = this.#isNotified;
      this.#isNotified = false;
      try {
        await this.#readAll(isNotified);
      } catch (error) {
        if (!this.#closed) this.#log(`the stream cannot be read, trying again: ${error}`);
        this.#iterators.clear(); // An iterator expires; the checkpoint does not.
      }
      if (this.#isNotified) continue;
      this.#wake = new AbortController();
      await this.#sleep(pollMs, AbortSignal.any([this.#wake.signal, this.#closing.signal]));
    }
  }

  async #readAll(isNotified: boolean) {
    // A notification announces records. The known shards are enough for it, while all of them are open.
    const known = isNotified && this.#iterators.size > 0 && [...this.#iterators.values()].every(Boolean);
    for (const shard of known ? this.#iterators.keys() : await this.#shards()) {
      if (!this.#iterators.has(shard)) this.#iterators.set(shard, await this.#iteratorFor(shard));
      let iterator = this.#iterators.get(shard);
      let gathered = false;
      let isReordered = false;
      while (iterator && !this.#closed) {
        const { records, next } = await getRecords(this.#client, iterator, pageSize);
        const { batchSize, batchingWindowSeconds } = this.#mapping;
        if (!gathered && records.length > 0) {
          isReordered = this.#isReordered(records);
          const windowMs = records.length < batchSize ? batchingWindowSeconds * 1000 : 0;
          const waitMs = Math.max(windowMs, isReordered ? overtakingMs : 0);
          if (waitMs > 0) {
            // The same iterator then returns these records and the later ones.
            await this.#sleep(waitMs, this.#closing.signal);
            gathered = true;
            continue;
          }
        }
        await this.#deliverPage(shard, records, isReordered);
        if (this.#closed) return;
        iterator = next;
        this.#iterators.set(shard, iterator);
        // Each later write notifies, so that the stream is read again.
        if (records.length < pageSize) break;
      }
    }
  }

  async #shards(): Promise<string[]> {
    const { StreamDescription } = await this.#client.send(
      new DescribeStreamCommand({ StreamArn: this.#mapping.streamArn }),
    );
    return (StreamDescription?.Shards ?? []).map(({ ShardId = '' }) => ShardId);
  }

  async #deliverPage(shard: string, records: StoredRecord[], isReordered: boolean) {
    const { batchSize } = this.#mapping;
    const inOrder = isReordered ? reorder(records) : records;
    // A position within a reordered page would skip records after a restart.
    this.#hasPositions = !isReordered;
    for (let index = 0; index < inOrder.length && !this.#closed; index += batchSize) {
      await this.#deliver(shard, inOrder.slice(index, index + batchSize));
    }
    this.#hasPositions = true;
    const last = records.at(-1)?.dynamodb?.SequenceNumber;
    if (isReordered && last !== undefined && !this.#closed) this.#checkpoint(shard, last);
  }

  async #deliver(shard: string, batch: StoredRecord[]) {
    const accepted = batch
      .map((record) => toEvent(record, this.#queues.clock))
      .filter((record) => this.#mapping.accepts(record));
    if (accepted.length > 0) {
      await this.#delay();
      await this.#invoke(shard, accepted, 0);
      // Lambda may invoke a function again although it has processed the batch.
      if (this.#has('duplicate')) await this.#invoke(shard, accepted, 0);
    }
    const last = batch.at(-1)?.dynamodb?.SequenceNumber;
    if (last !== undefined && !this.#closed) this.#checkpoint(shard, last);
  }

  /**
   * Invokes the function until all records are processed, or the retries are exhausted and the rest goes to the bucket of
   * failures.
   */
  async #invoke(shard: string, records: StreamRecord[], attempt: number): Promise<void> {
    const { maxRetries, bisects, onFailure } = this.#mapping;
    const remaining = await this.#attempt(shard, records);
    const [first] = remaining;
    if (!first || this.#closed) return;
    const progressed = remaining.length < records.length;
    if (bisects && !progressed && remaining.length > 1) {
      const middle = Math.ceil(remaining.length / 2);
      await this.#invoke(shard, remaining.slice(0, middle), 0);
      return this.#invoke(shard, remaining.slice(middle), 0);
    }
    if (attempt < maxRetries || progressed) {
      await this.#sleep(retryDelayMs * Math.min(2 ** attempt, 60), this.#closing.signal);
      return this.#closed ? undefined : this.#invoke(shard, remaining, progressed ? 0 : attempt + 1);
    }
    this.#log(`${remaining.length} stream record(s) are given up after ${attempt + 1} attempts`);
    if (onFailure === undefined) return;
    const { streamArn } = this.#mapping;
    const timestamp = new Date(this.#queues.clock.now()).toISOString();
    // Lambda developer guide, "Retain discarded records for a DynamoDB event source": the key, and the record with the payload
    // as text.
    const key = `aws/lambda/${this.#mapping.id}/${shard}/${timestamp.slice(0, 19).replaceAll(':', '.')}-${randomUUID()}`;
    const record = {
      requestContext: {
        functionArn: this.#receiver.arn,
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: attempt + 1,
      },
      version: '1.0',
      timestamp,
      DDBStreamBatchInfo: {
        shardId: shard,
        startSequenceNumber: first.dynamodb.SequenceNumber,
        endSequenceNumber: remaining.at(-1)?.dynamodb.SequenceNumber,
        batchSize: remaining.length,
        streamArn,
      },
      payload: JSON.stringify({ Records: remaining.map((each) => ({ ...each, eventSourceARN: streamArn })) }),
    };
    await this.#putObject(onFailure, key, JSON.stringify(record));
  }

  /** One invocation. Returns the records to retry: in a stream, all from the first failed one on. */
  async #attempt(shard: string, records: StreamRecord[]): Promise<StreamRecord[]> {
    try {
      const Records = records.map((record) => ({ ...record, eventSourceARN: this.#mapping.streamArn }));
      const answer = await this.#receiver.invoke({ Records });
      if (!this.#mapping.reportsItemFailures) return [];
      const failed =
        BatchResponse.parse(answer)?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier) ?? [];
      const firstFailed = records.findIndex((record) => failed.includes(`${record.dynamodb.SequenceNumber}`));
      if (firstFailed < 0) return failed.length > 0 ? records : [];
      const before = records[firstFailed - 1]?.dynamodb.SequenceNumber;
      if (before !== undefined) this.#checkpoint(shard, before);
      return records.slice(firstFailed);
    } catch (error) {
      if (!this.#closed) this.#log(`a batch of ${records.length} stream record(s) failed: ${error}`);
      return records;
    }
  }

  async #iteratorFor(shard: string): Promise<string | undefined> {
    const row = statement(
      this.#db,
      'SELECT sequence_number FROM stream_positions WHERE mapping = ? AND shard = ?',
    ).get(this.#position, shard);
    const iterator = (type: 'TRIM_HORIZON' | 'AFTER_SEQUENCE_NUMBER', SequenceNumber?: string) =>
      this.#client.send(
        new GetShardIteratorCommand({
          StreamArn: this.#mapping.streamArn,
          ShardId: shard,
          ShardIteratorType: type,
          SequenceNumber,
        }),
      );
    // Also if the template says LATEST: the mapping is as old as its table here, and records written just before a kill
    // -9 must not be skipped.
    if (!row) return (await iterator('TRIM_HORIZON')).ShardIterator;
    try {
      return (await iterator('AFTER_SEQUENCE_NUMBER', String(row.sequence_number))).ShardIterator;
    } catch (error) {
      // A stream keeps records for a day; the machine may have been suspended for longer.
      if (error instanceof TrimmedDataAccessException) return (await iterator('TRIM_HORIZON')).ShardIterator;
      throw error;
    }
  }

  #checkpoint(shard: string, sequenceNumber: string) {
    if (!this.#hasPositions) return;
    statement(
      this.#db,
      'INSERT OR REPLACE INTO stream_positions (mapping, shard, sequence_number) VALUES (?, ?, ?)',
    ).run(this.#position, shard, sequenceNumber);
  }

  /** Whether this delivery has a fault. */
  #has(name: 'duplicate' | 'reordering'): boolean {
    return this.#faults.any && this.#faults.happens(name, this.#delivery);
  }

  #isReordered(records: StoredRecord[]): boolean {
    if (!this.#faults.any) return false;
    const isAccepted = (record: StoredRecord) => this.#mapping.accepts(toEvent(record, this.#queues.clock));
    return records.some(isAccepted) && this.#has('reordering');
  }

  async #delay() {
    if (!this.#faults.any) return;
    const delayMs = this.#faults.delayMs(this.#delivery);
    if (delayMs > 0) await this.#sleep(delayMs, this.#closing.signal);
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    await setTimeout(ms, undefined, { signal }).catch(() => undefined);
  }

  /** Identifies this stream: a recreated table starts from the beginning. */
  get #position(): string {
    return `${this.#mapping.id} ${this.#mapping.streamArn}`;
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }
}

/** The records of the item that changed last, then the others: a stream keeps the order of each item, and no more. */
function reorder(records: StoredRecord[]): StoredRecord[] {
  const keyOf = ({ dynamodb }: StoredRecord) => JSON.stringify(Object.entries(dynamodb?.Keys ?? {}).sort());
  const [last] = records.slice(-1).map(keyOf);
  const isLast = (record: StoredRecord) => keyOf(record) === last;
  return [...records.filter(isLast), ...records.filter((record) => !isLast(record))];
}

type StreamRecord = ReturnType<typeof toEvent>;

/** A record in the form of Lambda's event. */
function toEvent({ eventID, eventName, dynamodb, userIdentity }: StoredRecord, clock: Clock) {
  const { ApproximateCreationDateTime: createdAt = Date.now() / 1000 } = dynamodb;
  return {
    eventID,
    eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: region,
    // dynoxide has the machine's time.
    dynamodb: {
      ...dynamodb,
      ApproximateCreationDateTime: Math.floor(createdAt + clock.shiftMs / 1000),
    },
    // Only what TTL has deleted has one.
    ...(userIdentity && { userIdentity }),
  };
}
