import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openState } from '../../../lib/local/state.ts';

const projectDir = path.join(import.meta.dirname, '..', '..', '..');
let dir: string;
let dataDir: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'start-test-'));
  dataDir = path.join(dir, 'data');
});
afterEach(() => {
  chmodSync(dir, 0o700);
  rmSync(dir, { recursive: true, force: true });
});

/**
 * `npm start`, which is expected to exit; returns what it wrote to stderr, and whether it started to build.
 */
async function failedStart(port = 0, data = dataDir, ...options: string[]) {
  const child = spawn(
    process.execPath,
    ['bin/start.ts', '--port', String(port), '--data', data, ...options],
    {
      cwd: projectDir,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(code).toBe(1);
  return said.trim();
}

async function occupied(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return { server, port: address.port };
}

describe('a reason that prevents a start is named in one sentence, before anything is built', () => {
  test('a port that is used', async () => {
    const { server, port } = await occupied();
    try {
      expect(await failedStart(port)).toBe(
        `Port ${port} is taken: stop what uses it, or choose another with --port.`,
      );
      expect(existsSync(dataDir)).toBe(false);
    } finally {
      server.close();
    }
  });

  test('a data directory that another stack uses', async () => {
    const other = openState(dataDir);
    try {
      expect(await failedStart()).toBe(
        `Another local stack uses the data directory ${dataDir}: stop it, or give this one its own with --data.`,
      );
    } finally {
      other.close();
    }
  });

  test('a data directory of another format', async () => {
    openState(dataDir).close();
    const db = new DatabaseSync(path.join(dataDir, 'state.sqlite'));
    db.exec('PRAGMA user_version = 99');
    db.close();
    expect(await failedStart()).toMatch(/^The data directory .* has data format 99, but .* wrote it\.$/);
  });

  test('a list of faults that cannot be read', async () => {
    expect(await failedStart(0, dataDir, '--faults', 'loss=1@sqs')).toBe(
      'Cannot read the fault "loss=1@sqs": its sources are s3 (AWS delivers from queues and streams at least once). docs/faults.md describes the list.',
    );
    expect(existsSync(dataDir)).toBe(false);
  });

  test('a bound of memory with which no function can work', async () => {
    expect(await failedStart(0, dataDir, '--memory', '100')).toBe(
      'Expected at least 512 MB in --memory, but received "100".',
    );
  });

  test('a data directory that cannot be made', async () => {
    const file = path.join(dir, 'a-file');
    writeFileSync(file, '');
    expect(await failedStart(0, path.join(file, 'data'))).toBe(
      `The data directory ${path.join(file, 'data')} is not writable: give the stack another with --data.`,
    );
  });
});
