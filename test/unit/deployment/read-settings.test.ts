import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEFAULT_STAGE, readSettings } from '../../../lib/deployment/read-settings.ts';
import { Settings } from '../../../lib/stack/settings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stages-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (stage: string, text: string) => writeFileSync(join(folder, `${stage}.json`), text);

test('The default stage needs no file, and has the defaults', () => {
  const read = readSettings(DEFAULT_STAGE, folder);
  expect(read).toEqual({ stage: 'prod', settings: Settings.parse({}) });
  expect(read.settings.keepData).toBe(true);
});

test('A file sets what it names', () => {
  write('dev', '{ "keepData": false, "timeZone": "Europe/Athens" }');
  const { settings } = readSettings('dev', folder);
  expect(settings).toEqual({ ...Settings.parse({}), keepData: false, timeZone: 'Europe/Athens' });
});

test('A stage without a file is refused, so that a typing error creates no stack', () => {
  expect(() => readSettings('prdo', folder)).toThrow(/The stage prdo has no settings: write .*prdo\.json/);
});

test.each(['', 'Prod', '../prod', 'a-b', 'x'.repeat(21)])('%j is no name of a stage', (name) => {
  expect(() => readSettings(name, folder)).toThrow('must be up to 20 small letters and digits');
});

test('A wrong file is refused with its name and each wrong setting', () => {
  write('dev', '{ "keepDate": false, "mfa": "ON", "throttle": { "burst": 0 } }');
  const refusal = (() => {
    try {
      readSettings('dev', folder);
    } catch (error) {
      return String(error);
    }
  })();
  for (const part of ['dev.json', 'keepDate', 'mfa', 'throttle.burst']) expect(refusal).toContain(part);
  write('dev', '{');
  expect(() => readSettings('dev', folder)).toThrow('dev.json is not JSON.');
});
