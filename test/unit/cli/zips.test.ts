import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FoundFile, SkippedEntry } from '../../../lib/cli/find-files.ts';
import { findSources } from '../../../lib/cli/find-sources.ts';
import { OpenZips } from '../../../lib/cli/open-zips.ts';
import { crc32Of, readHead, readParts } from '../../../lib/cli/read-head.ts';
import { type ZipEntry, zipOf } from '../../fixtures/zips.ts';

let dir: string;
let zips: OpenZips;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'negatoscope-zips-'));
  zips = new OpenZips();
});
afterEach(() => {
  zips[Symbol.dispose]();
  rmSync(dir, { recursive: true, force: true });
});

const found = async (root = dir) => {
  const all = await Array.fromAsync(findSources(root, zips));
  const isFile = (each: FoundFile | SkippedEntry): each is FoundFile => 'path' in each;
  return { files: all.filter(isFile), others: all.filter((each) => !isFile(each)) as SkippedEntry[] };
};
const write = (entries: readonly ZipEntry[], name = 'cd.zip') =>
  writeFileSync(join(dir, name), zipOf(entries));
const bytes = Buffer.from('bytes of a file '.repeat(10_000));

test('The entries of a ZIP in a folder are files of it, also of two that have the same name', async () => {
  write([
    { name: 'DICOM/', bytes: Buffer.alloc(0) },
    { name: 'DICOM/IM1', bytes },
    { name: 'DICOM\\IM1', bytes: Buffer.from('other') },
  ]);
  writeFileSync(join(dir, 'plain'), 'plain');
  const { files, others } = await found();
  expect(files.map(({ name }) => name)).toEqual(['cd.zip/DICOM/IM1', 'cd.zip/DICOM/IM1', 'plain']);
  expect(others).toEqual([]);
  const [first, second] = files as [FoundFile, FoundFile];
  expect(first.path.equals(second.path)).toBe(false);
  expect((await buffer(readParts(first))).equals(bytes)).toBe(true);
  // Again, and only the beginning.
  expect((await readHead(first, 5)).toString()).toBe('bytes');
  expect((await buffer(readParts(second))).toString()).toBe('other');
});

test('The root may be a ZIP, or one file', async () => {
  write([{ name: 'IM1', bytes }]);
  expect((await found(join(dir, 'cd.zip'))).files.map(({ name }) => name)).toEqual(['IM1']);
  writeFileSync(join(dir, 'IM2'), bytes);
  expect((await found(join(dir, 'IM2'))).files.map(({ name }) => name)).toEqual(['IM2']);
});

test('A name is only a name, wherever it points', async () => {
  const names = ['../../etc/passwd', '/etc/passwd', 'C:\\x', '..', Buffer.from([0xff, 0xfe])];
  write(names.map((name) => ({ name, bytes })));
  const { files } = await found();
  expect(files).toHaveLength(5);
  for (const file of files) expect((await buffer(readParts(file))).equals(bytes)).toBe(true);
});

test('ZIPs in a ZIP, symbolic links and encrypted entries are listed with the reason', async () => {
  write([
    { name: 'inner.ZIP', bytes: zipOf([{ name: 'IM1', bytes }]) },
    { name: 'link', bytes: Buffer.from('/etc/passwd'), mode: 0o120777 },
    { name: 'secret', bytes, flags: 0x801 },
  ]);
  const { files, others } = await found();
  expect(files).toEqual([]);
  expect(others).toEqual([
    { name: 'cd.zip/inner.ZIP', reason: 'a ZIP in a ZIP: unpack it first', isFailure: false },
    { name: 'cd.zip/link', reason: 'a symbolic link: those are not followed', isFailure: false },
    { name: 'cd.zip/secret', reason: 'encrypted, or compressed by an unusual method', isFailure: true },
  ]);
});

test.each([
  ['more bytes than the ZIP declares', { size: 100 }, /too many bytes/],
  ['fewer bytes than the ZIP declares', { size: 1_000_000 }, /not enough bytes/],
  ['another checksum', { crc: 1 }, /checksum differs/],
])('An entry with %s is not read to its end', async (_what, claim, reason) => {
  write([{ name: 'IM1', bytes, ...claim }]);
  const { files } = await found();
  await expect(crc32Of(files[0] as FoundFile)).rejects.toThrow(reason);
});

test('A ZIP whose entries share their data is not read', async () => {
  const bomb = Buffer.alloc(1_000_000);
  const copies = Array.from({ length: 50 }, (_value, at) => ({ name: `${at}`, bytes: bomb, dataOf: 0 }));
  write([{ name: 'IM0', bytes: bomb }, ...copies]);
  expect((await found()).others).toEqual([
    { name: 'cd.zip', reason: expect.stringContaining('they overlap'), isFailure: true },
  ]);
});

test('A damaged ZIP is named as the failure, and the other files are found', async () => {
  const whole = zipOf([{ name: 'IM1', bytes }]);
  writeFileSync(join(dir, 'cut.zip'), whole.subarray(0, whole.length - 30));
  mkdirSync(join(dir, 'z'));
  writeFileSync(join(dir, 'z', 'IM2'), bytes);
  const { files, others } = await found();
  expect(files.map(({ name }) => name)).toEqual(['z/IM2']);
  expect(others).toEqual([
    { name: 'cut.zip', reason: expect.stringContaining('this ZIP can not be read'), isFailure: true },
  ]);
});
