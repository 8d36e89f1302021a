import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { type Claims, demoUsers } from './demo-users.ts';
import { subjectOf } from './subject.ts';

const Texts = z.record(z.string(), z.string());

const Row = z.object({
  rowid: z.number(),
  username: z.string(),
  attributes: z.string().transform((text) => Texts.parse(JSON.parse(text))),
  groups: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
  enabled: z.number().transform((flag) => flag === 1),
  status: z.enum(['CONFIRMED', 'FORCE_CHANGE_PASSWORD']),
  created_at: z.number(),
  changed_at: z.number(),
});

/** A user of the pool; times in milliseconds. */
export type User = z.output<typeof Row>;
type Changes = Partial<Pick<User, 'attributes' | 'groups' | 'enabled' | 'status'>>;

/** The users of the pool, in the state file of the stack. A new pool has the demo people. */
export class UserPool {
  readonly #db: DatabaseSync;
  readonly #clock: Clock;

  constructor(db: DatabaseSync, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
    if (this.list().length > 0) return;
    for (const [username, { name, 'cognito:groups': groups, ...others }] of Object.entries(demoUsers)) {
      const attributes = { sub: subjectOf(username), name, email: `${username}@clinic.example`, ...others };
      this.add(username, Texts.parse(attributes));
      this.change(username, { groups: z.array(z.string()).parse(groups), status: 'CONFIRMED' });
    }
  }

  /** The users after a position of the list, in the order in which they were added. */
  list(after = 0): User[] {
    return this.#db
      .prepare('SELECT rowid, * FROM people WHERE rowid > ? ORDER BY rowid')
      .all(after)
      .map((row) => Row.parse(row));
  }

  get(username: string): User | undefined {
    const row = this.#db.prepare('SELECT rowid, * FROM people WHERE username = ?').get(username);
    return row && Row.parse(row);
  }

  /** Adds a user who has to sign in once with the first password. */
  add(username: string, attributes: Record<string, string>): void {
    const now = this.#clock.now();
    this.#db
      .prepare(`INSERT INTO people VALUES (?, ?, '[]', 1, 'FORCE_CHANGE_PASSWORD', ?, ?)`)
      .run(username, JSON.stringify(attributes), now, now);
  }

  change(username: string, changes: Changes): void {
    const user = this.get(username);
    if (!user) return;
    const { attributes, groups, enabled, status } = { ...user, ...changes };
    this.#db
      .prepare('UPDATE people SET attributes=?, groups=?, enabled=?, status=?, changed_at=? WHERE username=?')
      .run(
        ...[JSON.stringify(attributes), JSON.stringify(groups), Number(enabled), status],
        ...[this.#clock.now(), username],
      );
  }

  /** The claims of the users who can sign in, by their names. */
  claims(): Record<string, Claims> {
    const enabled = this.list().filter((user) => user.enabled);
    return Object.fromEntries(
      enabled.map(({ username, attributes, groups }) => [
        username,
        { ...attributes, ...(groups.length > 0 && { 'cognito:groups': groups }) },
      ]),
    );
  }
}
