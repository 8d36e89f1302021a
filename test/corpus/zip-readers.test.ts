import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { zipStream } from '../../lib/media/zip/zip.ts';
import { safeEntryNames } from '../../lib/media/zip/zip-entry-names.ts';
import { ODD_NAMES } from '../fixtures/odd-names.ts';

const files: [string, Buffer][] = [
  ['a.jpg', Buffer.alloc(200_000, 'pixels')],
  ['Röntgen 😀.png', Buffer.from('x')],
  ['empty', Buffer.alloc(0)],
  ...Array.from({ length: 300 }, (_value, i): [string, Buffer] => [
    `photo-${i}.jpg`,
    Buffer.alloc(1000 + i, `${i}`),
  ]),
  ...safeEntryNames(ODD_NAMES).map((name, i): [string, Buffer] => [name, Buffer.from(`odd ${i}`)]),
];
const folder = mkdtempSync(join(tmpdir(), 'zip-readers-'));
const path = join(folder, 'batch.zip');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  const entries = files.map(([name, bytes]) => ({
    name,
    bytes: bytes.length,
    crc32: crc32(bytes),
    modified: new Date(),
  }));
  writeFileSync(
    path,
    await buffer(
      zipStream(entries, (_entry, index) => Readable.from([files[index]?.[1]], { objectMode: false })),
    ),
  );
});

test("Info-ZIP's unzip finds no fault", () => {
  expect(execFileSync('unzip', ['-t', path], { encoding: 'utf8' })).toContain('No errors detected');
});

test("Python's zipfile returns every byte", () => {
  const script =
    'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print("\\n".join(z.namelist()))';
  const names = execFileSync('python3', ['-X', 'utf8', '-c', script, path], { encoding: 'utf8' });
  expect(names.trimEnd().split('\n')).toEqual(files.map(([name]) => name));
});

test("libarchive's bsdtar reads it, also as a stream that can not be sought in", () => {
  for (const args of [
    ['-xOf', path],
    ['-xOf', '-'],
  ]) {
    const input = args[1] === '-' ? { input: execFileSync('cat', [path], { maxBuffer: 2 ** 26 }) } : {};
    const content = execFileSync('bsdtar', args, { maxBuffer: 2 ** 26, ...input });
    expect(content.equals(Buffer.concat(files.map(([, bytes]) => bytes)))).toBe(true);
  }
});

test.each([
  ['unzip', (into: string) => ['-q', path, '-d', into]],
  ['bsdtar', (into: string) => ['-xf', path, '-C', into]],
  ['python3', (into: string) => ['-X', 'utf8', '-m', 'zipfile', '-e', path, into]],
])(
  '%s unpacks every file under its own name, sixty unusual ones too, and nothing outside the folder',
  (reader, args) => {
    const into = join(folder, reader, 'inside');
    mkdirSync(into, { recursive: true });
    execFileSync(reader, args(into), { env: { ...process.env, LC_ALL: 'C.UTF-8' } });
    expect(readdirSync(join(folder, reader))).toEqual(['inside']);
    expect(readdirSync(into).sort()).toEqual(files.map(([name]) => name).sort());
    for (const [name, bytes] of files) expect(readFileSync(join(into, name)).equals(bytes), name).toBe(true);
  },
);
