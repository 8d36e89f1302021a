import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DATA_FORMAT } from '../../../lib/domain/data-format.ts';
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

const advice =
  /move or delete the directory, give this version another one with --data, or start the version that wrote it\.$/;

test('a data directory whose state file is missing is refused: its items have no format number', () => {
  writeFileSync(join(dataDir, 'dynamodb.sqlite'), '');
  expect(() => openState(dataDir)).toThrow('data without a format number');
});

test.each([
  ['of another format', 'PRAGMA application_id = 0x4e454741; PRAGMA user_version = 99', 'data format 99'],
  ['of an early version, which had other numbers', 'PRAGMA user_version = 1', 'data without a format number'],
  ['without a number', 'CREATE TABLE objects (key TEXT)', 'data without a format number'],
])('a data directory %s is refused, and is unchanged', (_what, sql, found) => {
  const file = join(dataDir, 'state.sqlite');
  const other = new DatabaseSync(file);
  other.exec(sql);
  other.close();
  expect(() => openState(dataDir)).toThrow(
    `has ${found}, but this version needs data format ${DATA_FORMAT}: `,
  );
  expect(() => openState(dataDir)).toThrow(advice);
  const again = new DatabaseSync(file);
  expect(again.prepare('SELECT name FROM sqlite_schema').all()).toHaveLength(
    sql.startsWith('CREATE') ? 1 : 0,
  );
  again.close();
});
