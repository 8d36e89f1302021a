import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const SOURCES = path.join(import.meta.dirname, '../../../web/src');
const styles = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.css'))
  .map((name) => [name, readFileSync(path.join(SOURCES, name), 'utf8')] as const);
const TOKENS = 'tokens.css';
const tokens = styles.find(([name]) => name === TOKENS)?.[1] ?? '';

/** The largest space of the scale, in pixels: what is larger is the size of something. */
const LARGEST_SPACE = 32;

/** The declarations of a style sheet that have a value of their own where there is a token for it. */
function valuesWithoutToken(css: string): string[] {
  const declarations = css.replaceAll(/\/\*.*?\*\//gs, '').match(/[\w-]+:[^;{}]+(?=;)/g) ?? [];
  return declarations.filter((declaration) => {
    const [, property = '', value = ''] = /^([\w-]+):(.*)$/s.exec(declaration) ?? [];
    if (/#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch|light-dark)\(/i.test(value)) return true;
    if (property === 'font-size') return /\d(rem|px|em)/.test(value);
    if (/^border(-.*)?-radius$/.test(property)) return /[1-9]/.test(value.replaceAll(/var\([^)]*\)/g, ''));
    if (/^(transition|animation)$/.test(property)) return /\ds\b/.test(value);
    if (!/^((row-|column-)?gap|padding(-.*)?|margin(-.*)?)$/.test(property)) return false;
    return [...value.matchAll(/(\d+)px/g)].some(
      ([, pixels]) => Number(pixels) <= LARGEST_SPACE && pixels !== '0',
    );
  });
}

describe('A style sheet of the page takes its values from the tokens', () => {
  test.each(styles.filter(([name]) => name !== TOKENS))('%s', (_name, css) => {
    expect(valuesWithoutToken(css)).toEqual([]);
    const names = [...css.matchAll(/var\((--[\w-]+)/g)].map(([, name]) => name);
    const known = new Set([...`${tokens}${css}`.matchAll(/(--[\w-]+):/g)].map(([, name]) => name));
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });

  test('which this test would see', () => {
    const css = `.a { color: #fff; gap: 8px; padding: 0 var(--space-1) 3px; font-size: 1rem; margin: 0 60px; border-radius: 0;
      transition: rotate 0.2s; border-radius: 4px; }`;
    expect(valuesWithoutToken(css)).toEqual([
      'color: #fff',
      'gap: 8px',
      'padding: 0 var(--space-1) 3px',
      'font-size: 1rem',
      'transition: rotate 0.2s',
      'border-radius: 4px',
    ]);
  });
});

describe('Each token', () => {
  const all = styles.map(([, css]) => css).join('\n');
  test.each([...tokens.matchAll(/(--[\w-]+):/g)].map(([, name]) => name as string))('%s is used', (name) => {
    expect(all).toContain(`var(${name})`);
  });
});
