import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  isArgumentElement,
  isPluralElement,
  isSelectElement,
  isTagElement,
  type MessageFormatElement,
  parse,
} from '@formatjs/icu-messageformat-parser';
import { describe, expect, test } from 'vitest';
import de from '../../../web/src/messages/de.json' with { type: 'json' };
import en from '../../../web/src/messages/en.json' with { type: 'json' };
import es from '../../../web/src/messages/es.json' with { type: 'json' };
import fr from '../../../web/src/messages/fr.json' with { type: 'json' };
import { LANGUAGES, preferredLocale } from '../../../web/src/messages/language.ts';
import { text } from '../../../web/src/messages/text.ts';
import { textsIn } from './texts-in-source.ts';

const catalogues: Readonly<Record<string, Readonly<Record<string, string>>>> = { en, de, fr, es };
const SOURCES = path.join(import.meta.dirname, '../../../web/src');
const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
  .map((name) => [name, readFileSync(path.join(SOURCES, name), 'utf8')] as const);

/** The arguments and tags of a message, each with its kind, in alphabetical order. */
function parametersOf(message: string): string[] {
  const found = new Set<string>();
  const visit = (elements: readonly MessageFormatElement[]) => {
    for (const element of elements) {
      if ('value' in element && !isNumberSign(element)) {
        if (isTagElement(element)) {
          found.add(`<${element.value}>`);
          visit(element.children);
        } else if (isPluralElement(element) || isSelectElement(element)) {
          found.add(element.value);
          for (const { value } of Object.values(element.options)) visit(value);
        } else if (isArgumentElement(element) || element.type > 1) found.add(element.value);
      }
    }
  };
  visit(parse(message));
  return [...found].sort();
}

const isNumberSign = (element: MessageFormatElement) => element.type === 7;

describe.each(Object.keys(catalogues))('The catalogue %s', (language) => {
  const catalogue = catalogues[language] ?? {};

  test('is a language of the page, and has every message and no other', () => {
    expect(Object.keys(LANGUAGES)).toContain(language);
    expect(Object.keys(catalogue).sort()).toEqual(Object.keys(en).sort());
  });

  test.each(Object.entries(en))('%s takes the same values as in English', (id, english) => {
    expect(catalogue[id]?.trim()).not.toBe('');
    expect(parametersOf(catalogue[id] ?? '')).toEqual(parametersOf(english));
  });
});

describe('The messages', () => {
  const used = sources.map(([, source]) => source).join('\n');

  // Those of the service are found by their English sentence, see `service-sentences.test.ts`.
  test.each(Object.keys(en).filter((id) => !id.startsWith('service.')))('%s is shown somewhere', (id) => {
    const [place = '', rest = ''] = id.split(/\.(.*)/s);
    // The rest may be chosen by a value: `role.${role}`.
    expect(used.includes(`'${id}'`) || used.includes(`\`${place}.\${`), `${place} ${rest}`).toBe(true);
  });

  test('are formatted by the rules of the language', () => {
    expect(text('day.captured', { day: '1 May 2026' })).toBe('captured 1 May 2026');
    expect(() => text('day.captured')).toThrow(/day/);
  });

  test('are in the first preferred language that the page has', () => {
    expect(preferredLocale(['it', 'de-CH', 'en'])).toBe('de-CH');
    expect(preferredLocale(['FR-ca'])).toBe('FR-ca');
    expect(preferredLocale(['it'])).toBe('en');
    expect(preferredLocale([])).toBe('en');
  });
});

describe('A source of the page has no text of its own', () => {
  test.each(sources)('%s', (name, source) => {
    expect(textsIn(name, source)).toEqual([]);
  });

  test('which this test would see', () => {
    const source = `
      import './a b.css';
      const A = () => <p className="a b" title="The title">Words <b>{x ? 'One more' : \`\${n} files\`}</b></p>;
      const keys = { hint: 'Reload' };
      if (key === 'Enter') throw new Error('It is not so.');
      text('a.b', { a: 'b' });
    `;
    expect(textsIn('a.tsx', source)).toEqual(['The title', 'Words', 'One more', 'files', 'Reload']);
  });
});
