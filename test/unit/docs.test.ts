import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FINDINGS } from '../../lib/services/reconcile/findings.ts';

const ROOT = join(import.meta.dirname, '..', '..');

const documents = [
  ...readdirSync(ROOT),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((file) => `docs/${file}`),
].filter((file) => file.endsWith('.md'));

/** The files of the project that a text names: in backticks, from the root, without wildcards. */
const filesIn = (text: string) =>
  [...text.matchAll(/`((?:bin|docs|functions|layers|lib|test|web)\/[\w./-]+\.\w+)`/g)].map(
    ([, path = '']) => path,
  );

describe('The documents name only files that exist', () => {
  test.each(documents)('%s', (document) => {
    const missing = filesIn(readFileSync(join(ROOT, document), 'utf8')).filter(
      (path) => !existsSync(join(ROOT, path)),
    );
    expect(missing).toEqual([]);
  });

  test('and the search finds such files at all', () => {
    expect(filesIn(readFileSync(join(ROOT, 'docs/security.md'), 'utf8')).length).toBeGreaterThan(10);
  });
});

test('The reconciliation document has each finding with its meaning', () => {
  const text = readFileSync(join(ROOT, 'docs/reconcile.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, finding, meaning]) => [
    finding,
    meaning,
  ]);
  expect(rows).toEqual(Object.entries(FINDINGS));
});
