import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openState } from '../../../lib/local/state.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'state-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test('a data directory opens again in the version that wrote it', () => {
  openState(dataDir).close();
  expect(() => openState(dataDir).close()).not.toThrow();
});

test('a data directory of another format is refused, and is unchanged', () => {
  const file = join(dataDir, 'state.sqlite');
  const other = new DatabaseSync(file);
  other.exec('PRAGMA user_version = 99');
  other.close();
  expect(() => openState(dataDir)).toThrow(
    /has data format 99, but this version reads format 1: .*--data\.$/,
  );
  const after = new DatabaseSync(file);
  expect(after.prepare('PRAGMA user_version').get()).toEqual({ user_version: 99 });
  expect(after.prepare('SELECT name FROM sqlite_schema').all()).toEqual([]);
  after.close();
});
