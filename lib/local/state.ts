import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DATA_FORMAT } from '../domain/data-format.ts';
import { StartError } from './start-error.ts';

const lockTimeoutMs = 4000;
/** Marks a state file that has the number of the data format (SQLite, "PRAGMA application_id"): `NEGA` in ASCII. */
const applicationId = 0x4e454741;

/** Creates the data directory if it does not exist. Throws if it is not writable. */
function makeDataDir(dataDir: string): void {
  try {
    makeDir(dataDir);
    writeFileSync(path.join(dataDir, '.probe'), '');
    rmSync(path.join(dataDir, '.probe'));
  } catch (cause) {
    throw new StartError(
      `The data directory ${dataDir} is not writable: give the stack another with --data.`,
      {
        cause,
      },
    );
  }
}

/**
 * Throws a StartError where no stack can start with this data directory: it cannot be written, another stack uses it, or
 * what is in it is damaged or of another format.
 */
export function requireUsableDataDir(dataDir: string): void {
  openState(dataDir).close();
}

/** Not mkdir's `recursive`, which never returns below /proc (Node 24). */
function makeDir(dir: string): void {
  if (existsSync(dir)) return;
  makeDir(path.dirname(dir));
  mkdirSync(dir, { mode: 0o700 });
}

/** Opens the stack's state (queues, stream positions, people), and locks the data directory. */
export function openState(dataDir: string): DatabaseSync {
  makeDataDir(dataDir);
  const file = path.join(dataDir, 'state.sqlite');
  let db: DatabaseSync | undefined;
  try {
    // A stack that is shutting down still holds the lock for a moment.
    db = new DatabaseSync(file, { timeout: lockTimeoutMs });
    // The lock is released when the process ends, even by a kill: two stacks never use the same directory.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    const check = db.prepare('PRAGMA quick_check').get();
    if (check?.quick_check !== 'ok') throw new Error(String(check?.quick_check));
    requireFormat(db, dataDir);
    db.exec(`
      CREATE TABLE IF NOT EXISTS messages (
        id TEXT PRIMARY KEY, queue TEXT NOT NULL, body TEXT NOT NULL, sent_at INTEGER NOT NULL,
        visible_at INTEGER NOT NULL, receive_count INTEGER NOT NULL DEFAULT 0, first_received_at INTEGER
      ) STRICT;
      CREATE INDEX IF NOT EXISTS messages_by_visibility ON messages (queue, visible_at);
      CREATE TABLE IF NOT EXISTS people (
        username TEXT PRIMARY KEY, attributes TEXT NOT NULL, groups TEXT NOT NULL, enabled INTEGER NOT NULL,
        status TEXT NOT NULL, created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE IF NOT EXISTS stream_positions (
        mapping TEXT NOT NULL, shard TEXT NOT NULL, sequence_number TEXT NOT NULL, PRIMARY KEY (mapping, shard)
      ) STRICT;
    `);
    return db;
  } catch (cause) {
    db?.close();
    if (cause instanceof StartError) throw cause;
    const locked = cause instanceof Error && /locked|busy/i.test(cause.message);
    throw new StartError(
      locked
        ? `Another local stack uses the data directory ${dataDir}: stop it, or give this one its own with --data.`
        : `The state file ${file} is damaged: remove ${dataDir} to start afresh, or restore it from a copy.`,
      { cause },
    );
  }
}

/** Refuses a directory with data of another format, or without a number of their format. A new one gets the number. */
function requireFormat(db: DatabaseSync, dataDir: string): void {
  const { user_version: found } = db.prepare('PRAGMA user_version').get() ?? {};
  const { application_id: marked } = db.prepare('PRAGMA application_id').get() ?? {};
  const isEmpty = db.prepare('SELECT name FROM sqlite_schema').get() === undefined && found === 0;
  const isNew = isEmpty && !existsSync(path.join(dataDir, 'dynamodb.sqlite'));
  if (isNew) {
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${DATA_FORMAT}`);
  } else if (marked !== applicationId || found !== DATA_FORMAT) {
    const format = marked === applicationId ? `data format ${found}` : 'data without a format number';
    throw new StartError(
      `The data directory ${dataDir} has ${format}, but this version needs data format ${DATA_FORMAT}: move or delete the directory, give this version another one with --data, or start the version that wrote it.`,
    );
  }
}
