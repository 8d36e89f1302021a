import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { DicomInstance } from '../../../lib/domain/dicom/dicom-instance.ts';
import { openFile } from '../../../lib/services/dicomweb/dicom-files.ts';
import { newUids, slice } from '../../fixtures/dicom-uploads.ts';

const MB = 1024 * 1024;

/** Opens the file of an instance that claims this size; returns whether it was read. */
function opener() {
  const bytes = slice(newUids());
  const read: string[] = [];
  const objects = {
    read: async (key: string) => {
      read.push(key);
      return Readable.from([bytes]);
    },
  };
  return async (sha256: string, size = bytes.length): Promise<boolean> => {
    const before = read.length;
    const instance = { studyUid: '1', seriesUid: '1', sopUid: '1', sha256, bytes: size } as DicomInstance;
    await openFile(instance, { objects } as never);
    return read.length > before;
  };
}

test('A file is read once; another version of the instance is another file', async () => {
  const isRead = opener();
  expect([await isRead('a1'), await isRead('a1'), await isRead('a2'), await isRead('a1')]).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

test('The files that were not asked for longest make room for others; the last one is kept, however large it is', async () => {
  const isRead = opener();
  for (const name of ['b1', 'b2', 'b3']) expect(await isRead(name, 20 * MB)).toBe(true);
  expect(await isRead('b1', 20 * MB)).toBe(false);
  expect(await isRead('b4', 20 * MB)).toBe(true);
  expect(await isRead('b1', 20 * MB)).toBe(false);
  expect(await isRead('b2', 20 * MB)).toBe(true);
  expect(await isRead('b5', 500 * MB)).toBe(true);
  expect(await isRead('b5', 500 * MB)).toBe(false);
  expect(await isRead('b1', 20 * MB)).toBe(true);
});
