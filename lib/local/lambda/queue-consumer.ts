import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import * as z from 'zod';
import type { Faults } from '../faults/faults.ts';
import type { Message, Queues } from '../sqs/queues.ts';
import { region } from '../template.ts';
import type { LambdaFunction } from './lambda.ts';

/** An event source mapping from SQS, as the template declares it. */
export interface QueueMapping {
  queueArn: string;
  batchSize: number;
  maxConcurrency: number;
  batchingWindowSeconds: number;
  reportsItemFailures: boolean;
}

/** A function's response that names the records it failed to process. */
export const BatchResponse = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish() })
  .loose()
  .nullable();

/**
 * Invocations at once of a function that takes several messages: more would wait for each other's CPU, each after the start of a process,
 * while the messages that wait for them make fuller batches. Lambda, too, begins with a few, and adds more while messages wait
 * (developer guide, "Amazon SQS scaling").
 */
const batchesAtOnce = Math.max(2, availableParallelism());
/** Each time the oldest message has waited so long, there may be one more. */
const moreAfterMs = 10_000;

/** Delivers a queue's messages to a function. Failed messages are delivered again after the visibility timeout. */
export class QueueConsumer {
  readonly #mapping: QueueMapping;
  readonly #queues: Queues;
  readonly #lambda: LambdaFunction;
  readonly #faults: Faults;
  readonly #log: (line: string) => void;
  #running = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    mapping: QueueMapping,
    queues: Queues,
    lambda: LambdaFunction,
    faults: Faults,
    log: (line: string) => void,
  ) {
    this.#mapping = mapping;
    this.#queues = queues;
    this.#lambda = lambda;
    this.#faults = faults;
    this.#log = log;
    queues.onMessage(mapping.queueArn, () => this.pump());
  }

  /** Starts as many invocations as messages and concurrency allow, and sets the timer for the next one. */
  pump() {
    clearTimeout(this.#timer);
    const { queueArn, batchSize, maxConcurrency, batchingWindowSeconds } = this.#mapping;
    while (!this.#closed && this.#running < maxConcurrency) {
      const { waiting, oldestSentAt, nextVisibleAt } = this.#queues.statusOf(queueArn);
      if (batchSize > 1 && waiting > 0 && this.#running >= this.#batchesAtOnce(oldestSentAt)) {
        this.#timer = setTimeout(() => this.pump(), moreAfterMs);
        return;
      }
      const fullAt = oldestSentAt === undefined ? undefined : oldestSentAt + batchingWindowSeconds * 1000;
      const gathering =
        waiting > 0 && waiting < batchSize && fullAt !== undefined && fullAt > this.#queues.clock.now();
      if (waiting === 0 || gathering) {
        const wakeAt = Math.min(
          gathering ? fullAt : Number.POSITIVE_INFINITY,
          nextVisibleAt ?? Number.POSITIVE_INFINITY,
        );
        if (Number.isFinite(wakeAt))
          this.#timer = setTimeout(() => this.pump(), Math.max(1, wakeAt - this.#queues.clock.now()));
        return;
      }
      const messages = this.#queues.receive(queueArn, batchSize);
      // All waiting messages may have reached their maximum receive count and moved to the dead-letter queue.
      if (messages.length > 0) void this.#run(messages);
    }
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #batchesAtOnce(oldestSentAt = Number.POSITIVE_INFINITY): number {
    const waitedMs = Math.max(0, this.#queues.clock.now() - oldestSentAt);
    return batchesAtOnce + Math.floor(waitedMs / moreAfterMs);
  }

  async #run(messages: Message[]) {
    this.#running += 1;
    try {
      const answer = await this.#invoke(messages);
      if (!this.#closed) this.#queues.delete(this.#doneOf(messages, answer));
    } catch (error) {
      if (!this.#closed)
        this.#log(`${messages.length} message(s) come back after the visibility timeout: ${error}`);
    } finally {
      this.#running -= 1;
      this.pump();
    }
  }

  async #invoke(messages: Message[]): Promise<unknown> {
    const event = { Records: messages.map((message) => this.#record(message)) };
    if (!this.#faults.any) return this.#lambda.invoke(event);
    const delivery = { source: 'sqs', queue: this.#mapping.queueArn } as const;
    if (!this.#faults.happens('duplicate', delivery)) return this.#lambda.invoke(event);
    // Two servers of SQS may deliver a message to two invocations at the same time. The last answer counts.
    const both = await Promise.all([this.#lambda.invoke(event), this.#lambda.invoke(event)]);
    return both[1];
  }

  #doneOf(messages: Message[], answer: unknown): string[] {
    const ids = messages.map(({ id }) => id);
    if (!this.#mapping.reportsItemFailures) return ids;
    // As in Lambda, an invalid response counts as a failure of the whole batch.
    const failed =
      BatchResponse.parse(answer)?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier) ?? [];
    if (failed.some((id) => !ids.includes(id))) throw new Error(`unknown itemIdentifier among ${failed}`);
    return ids.filter((id) => !failed.includes(id));
  }

  #record(message: Message) {
    return {
      messageId: message.id,
      receiptHandle: `${message.id}/${message.receive_count}`,
      body: message.body,
      attributes: {
        ApproximateReceiveCount: String(message.receive_count),
        SentTimestamp: String(message.sent_at),
        SenderId: 'local',
        ApproximateFirstReceiveTimestamp: String(message.first_received_at),
      },
      messageAttributes: {},
      md5OfBody: createHash('md5').update(message.body).digest('hex'),
      eventSource: 'aws:sqs',
      eventSourceARN: this.#mapping.queueArn,
      awsRegion: region,
    };
  }
}
