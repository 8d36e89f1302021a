import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../clock.ts';
import { statement } from '../statement.ts';
import { StoredObject } from './stored-object.ts';

/** A version of an object that is not the current one, or the marker of a deletion. */
interface Version {
  key: string;
  id: string;
  isMarker: boolean;
  size: number;
  etag: string;
  modifiedAt: number;
}

/** What was deleted or replaced in versioned buckets. The id of a version is the name of its bytes. */
export class S3Versions {
  readonly #db: DatabaseSync;
  readonly #clock: Clock;

  constructor(db: DatabaseSync, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  static createTable(db: DatabaseSync) {
    db.exec(`
      CREATE TABLE IF NOT EXISTS versions (
        number INTEGER PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL UNIQUE, blob TEXT,
        size INTEGER, etag TEXT, crc32 TEXT, modified_at INTEGER NOT NULL, metadata TEXT, ended_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX IF NOT EXISTS versions_by_key ON versions (bucket, key, number);
    `);
  }

  /** Keeps the current object, which is about to be replaced, or (`withMarker`) was just removed. */
  keep(bucket: string, key: string, { withMarker = false } = {}) {
    const now = this.#clock.now();
    statement(
      this.#db,
      `INSERT INTO versions (bucket, key, id, blob, size, etag, crc32, modified_at, metadata, ended_at)
         SELECT bucket, key, blob, blob, size, etag, crc32, modified_at, metadata, ? FROM objects WHERE bucket = ? AND key = ?`,
    ).run(now, bucket, key);
    if (!withMarker) return;
    statement(
      this.#db,
      'INSERT INTO versions (bucket, key, id, modified_at, ended_at) VALUES (?, ?, ?, ?, ?)',
    ).run(bucket, key, randomUUID(), now, now);
  }

  find(bucket: string, key: string, id: string): StoredObject | undefined {
    const row = statement(
      this.#db,
      'SELECT key, blob, size, etag, crc32, modified_at, metadata FROM versions WHERE bucket = ? AND key = ? AND id = ? AND blob IS NOT NULL',
    ).get(bucket, key, id);
    return row && StoredObject.parse(row);
  }

  /** The versions of a key, the newest first, without the current object. */
  of(bucket: string, key: string): Version[] {
    return statement(this.#db, 'SELECT * FROM versions WHERE bucket = ? AND key = ? ORDER BY number DESC')
      .all(bucket, key)
      .map((row) => ({
        key,
        id: String(row.id),
        isMarker: row.blob === null,
        size: Number(row.size),
        etag: String(row.etag),
        modifiedAt: Number(row.modified_at),
      }));
  }

  /** The keys with a prefix that have such versions, after a key. */
  keys(bucket: string, prefix: string, after: string): string[] {
    return statement(
      this.#db,
      'SELECT DISTINCT key FROM versions WHERE bucket = ? AND key > ? AND substr(key, 1, ?) = ?',
    )
      .all(bucket, after, [...prefix].length, prefix)
      .map(({ key }) => String(key));
  }

  /** Removes a version. If the key then has no current object and its newest version is none of a deletion, that is current again. */
  delete(bucket: string, key: string, id: string) {
    statement(this.#db, 'DELETE FROM versions WHERE bucket = ? AND key = ? AND id = ?').run(bucket, key, id);
    const [newest] = this.of(bucket, key);
    const current = statement(this.#db, 'SELECT 1 FROM objects WHERE bucket = ? AND key = ?').get(
      bucket,
      key,
    );
    if (!newest || newest.isMarker || current) return;
    statement(
      this.#db,
      `INSERT INTO objects (bucket, key, blob, size, etag, crc32, modified_at, metadata)
         SELECT bucket, key, blob, size, etag, crc32, modified_at, metadata FROM versions WHERE id = ?`,
    ).run(newest.id);
    statement(this.#db, 'DELETE FROM versions WHERE id = ?').run(newest.id);
  }

  /** Removes the versions that ended before a time. Returns the names of their bytes. */
  expire(bucket: string, prefix: string, before: number): string[] {
    return statement(
      this.#db,
      'DELETE FROM versions WHERE bucket = ? AND substr(key, 1, ?) = ? AND ended_at < ? RETURNING blob',
    )
      .all(bucket, [...prefix].length, prefix, before)
      .flatMap(({ blob }) => (blob === null ? [] : [String(blob)]));
  }
}
