import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { newDataFolder } from '../../support/data-folder.ts';

test('A run of tests removes the data of runs that were killed, and of no other', () => {
  const first = newDataFolder('unit');
  const { pid } = spawnSync('true');
  const abandoned = path.join(path.dirname(first), `negatoscope-unit-${pid}-abcdef`);
  mkdirSync(path.join(abandoned, 's3'), { recursive: true });
  const second = newDataFolder('unit');
  try {
    expect([first, abandoned, second].map((each) => existsSync(each))).toEqual([true, false, true]);
  } finally {
    for (const folder of [first, second]) rmSync(folder, { recursive: true });
  }
});
