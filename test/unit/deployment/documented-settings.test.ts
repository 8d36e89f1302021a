import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Settings } from '../../../lib/stack/settings.ts';

const text = readFileSync(join(import.meta.dirname, '../../../docs/deploy.md'), 'utf8');
const [, settings = ''] = /^## Settings$(.*?)^## /ms.exec(text) ?? [];

test('The deployment document has each setting, and no other', () => {
  const rows = settings.split('\n').filter((line) => line.startsWith('| `'));
  const named = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  expect(named.sort()).toEqual(Object.keys(Settings.shape).sort());
});

test('Its example is valid', () => {
  const [, example = ''] = /```json\n(.*?)```/s.exec(settings) ?? [];
  expect(Settings.parse(JSON.parse(example)).mfa).toBe('REQUIRED');
});
