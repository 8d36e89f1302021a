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

describe('The tests that the security document names exist', () => {
  const text = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| ') && line.includes('`test/'));
  /** The files with the titles in the parentheses after them. */
  const named = rows.flatMap((row) =>
    [...row.matchAll(/`(test\/[\w./-]+)`(?: \(((?:“[^”]+”(?:, )?)+)\))?/g)].map(
      ([, file = '', titles = '']) => ({
        file,
        titles: [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => title),
      }),
    ),
  );

  test.each(named)('$file $titles', ({ file, titles }) => {
    const source = readFileSync(join(ROOT, file), 'utf8');
    for (const title of titles) expect(source).toMatch(titlePattern(title));
  });

  test('and each threat has one', () => {
    const [, threats = ''] = /^## Threats$(.*?)^## /ms.exec(text) ?? [];
    const all = threats.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| threat'));
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter((row) => !/`test\/[\w./-]+\.test\.ts`/.test(row))).toEqual([]);
    expect(all.filter((row) => row.split(' | ').length !== 4)).toEqual([]);
  });

  test('and the search tells a title from other text', () => {
    expect("test('is open', () => {").toMatch(titlePattern('is open'));
    expect('// is open').not.toMatch(titlePattern('is open'));
    expect("test('is open to all', () => {").not.toMatch(titlePattern('is open'));
  });
});

/** The title of a test or of a group of tests, as the first argument of `test`, `describe`, or a call of their `each`. */
const titlePattern = (title: string) =>
  new RegExp(`(?:\\btest|\\bdescribe|\\]|\\))\\(\\s*(['"\`])${RegExp.escape(title)}\\1`);
