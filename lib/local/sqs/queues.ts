import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { EventSource } from '../faults/fault-kinds.ts';
import type { Faults } from '../faults/faults.ts';
import { StartError } from '../start-error.ts';
import { statement } from '../statement.ts';
import type { Template } from '../template.ts';

/** A message as its receiver sees it. */
export const Message = z.object({
  id: z.string(),
  body: z.string(),
  sent_at: z.number(),
  visible_at: z.number(),
  receive_count: z.number(),
  first_received_at: z.number().nullable(),
});
export type Message = z.infer<typeof Message>;

interface QueueSettings {
  visibilityTimeoutSeconds: number;
  retentionSeconds: number;
  redrive: { deadLetterQueue: string; maxReceiveCount: number } | undefined;
}

const QueueProperties = z
  .object({
    VisibilityTimeout: z.number().default(30),
    MessageRetentionPeriod: z.number().default(345_600),
    FifoQueue: z.boolean().default(false),
    RedrivePolicy: z
      .object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() })
      .loose()
      .optional(),
  })
  .loose();

/** The template's SQS queues in SQLite. Messages are delivered at least once, also after a kill -9. */
export class Queues {
  readonly #db: DatabaseSync;
  readonly #faults: Faults;
  readonly clock: Clock;
  readonly #settings = new Map<string, QueueSettings>();
  readonly #listeners = new Map<string, Set<() => void>>();

  constructor(db: DatabaseSync, template: Template, faults: Faults, clock: Clock) {
    this.#db = db;
    this.#faults = faults;
    this.clock = clock;
    for (const queue of template.ofType('AWS::SQS::Queue')) {
      const properties = template.properties(queue, QueueProperties);
      if (properties.FifoQueue)
        throw new StartError(`The local stack has no FIFO queues (${queue.logicalId}).`);
      const { RedrivePolicy: redrive } = properties;
      this.#settings.set(template.arn(queue), {
        visibilityTimeoutSeconds: properties.VisibilityTimeout,
        retentionSeconds: properties.MessageRetentionPeriod,
        redrive: redrive && {
          deadLetterQueue: redrive.deadLetterTargetArn,
          maxReceiveCount: redrive.maxReceiveCount,
        },
      });
    }
    // The receivers ended with the last process, so their messages become visible immediately.
    const now = clock.now();
    db.prepare('UPDATE messages SET visible_at = ? WHERE visible_at > ?').run(now, now);
    clock.onAdvance(() => {
      for (const queueArn of this.#settings.keys()) this.#wake(queueArn);
    });
  }

  /** Sends a message of a source. Returns its id. */
  send(queueArn: string, body: string, source: EventSource = 'sqs'): string {
    this.#settingsOf(queueArn);
    const now = this.clock.now();
    let id = randomUUID();
    for (const delayMs of this.#faults.deliveries({ source, queue: queueArn })) {
      id = randomUUID();
      statement(
        this.#db,
        'INSERT INTO messages (id, queue, body, sent_at, visible_at) VALUES (?, ?, ?, ?, ?)',
      ).run(id, queueArn, body, now, now + delayMs);
    }
    this.#wake(queueArn);
    return id;
  }

  /**
   * Receives up to `max` messages and hides them for the visibility timeout. Messages over the maximum receive count go
   * to the dead-letter queue.
   */
  receive(queueArn: string, max: number): Message[] {
    const settings = this.#settingsOf(queueArn);
    const now = this.clock.now();
    statement(this.#db, 'DELETE FROM messages WHERE queue = ? AND sent_at < ?').run(
      queueArn,
      now - settings.retentionSeconds * 1000,
    );
    if (settings.redrive) {
      const { deadLetterQueue, maxReceiveCount } = settings.redrive;
      const moved = statement(
        this.#db,
        `UPDATE messages SET queue = ?, visible_at = ?, receive_count = 0
           WHERE queue = ? AND visible_at <= ? AND receive_count >= ?`,
      ).run(deadLetterQueue, now, queueArn, now, maxReceiveCount);
      if (moved.changes) this.#wake(deadLetterQueue);
    }
    const rows = statement(
      this.#db,
      `UPDATE messages SET visible_at = ?, receive_count = receive_count + 1,
           first_received_at = coalesce(first_received_at, ?)
         WHERE id IN (SELECT id FROM messages WHERE queue = ? AND visible_at <= ? ORDER BY sent_at LIMIT ?)
         RETURNING id, body, sent_at, visible_at, receive_count, first_received_at`,
    ).all(now + settings.visibilityTimeoutSeconds * 1000, now, queueArn, now, max);
    return z.array(Message).parse(rows);
  }

  delete(ids: string[]) {
    for (const id of ids) statement(this.#db, 'DELETE FROM messages WHERE id = ?').run(id);
  }

  /** Changes the visibility timeout of a message. Returns false if it was received again since. */
  changeVisibility(queueArn: string, id: string, receiveCount: number, seconds: number): boolean {
    const { changes } = statement(
      this.#db,
      'UPDATE messages SET visible_at = ? WHERE queue = ? AND id = ? AND receive_count = ?',
    ).run(this.clock.now() + seconds * 1000, queueArn, id, receiveCount);
    this.#wake(queueArn);
    return changes > 0;
  }

  has(queueArn: string): boolean {
    return this.#settings.has(queueArn);
  }

  /** The numbers of waiting messages and of hidden ones, the age of the oldest, and when the next hidden one becomes visible. */
  statusOf(queueArn: string): {
    waiting: number;
    hidden: number;
    oldestSentAt: number | undefined;
    nextVisibleAt: number | undefined;
  } {
    const row = z
      .object({
        waiting: z.number(),
        hidden: z.number(),
        oldest: z.number().nullable(),
        next: z.number().nullable(),
      })
      .parse(
        statement(
          this.#db,
          `SELECT count(*) FILTER (WHERE visible_at <= :now) AS waiting,
               count(*) FILTER (WHERE visible_at > :now) AS hidden,
               min(sent_at) FILTER (WHERE visible_at <= :now) AS oldest,
               min(visible_at) FILTER (WHERE visible_at > :now) AS next
             FROM messages WHERE queue = :queue`,
        ).get({ now: this.clock.now(), queue: queueArn }),
      );
    return {
      waiting: row.waiting,
      hidden: row.hidden,
      oldestSentAt: row.oldest ?? undefined,
      nextVisibleAt: row.next ?? undefined,
    };
  }

  /** Calls `listener` whenever a message may have become visible. */
  onMessage(queueArn: string, listener: () => void) {
    const listeners = this.#listeners.get(queueArn) ?? new Set();
    this.#listeners.set(queueArn, listeners.add(listener));
  }

  #settingsOf(queueArn: string): QueueSettings {
    const settings = this.#settings.get(queueArn);
    if (!settings) throw new StartError(`The template has no queue ${queueArn}.`);
    return settings;
  }

  #wake(queueArn: string) {
    // Deferred, because the sender may be within a transaction.
    setImmediate(() => {
      for (const listener of this.#listeners.get(queueArn) ?? []) listener();
    });
  }
}
