import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeEntryNames } from '../../../lib/media/zip/zip-entry-names.ts';

test.each([
  ['molar left.jpg', 'molar left.jpg'],
  ['../../etc/passwd', 'passwd'],
  ['..\\..\\windows\\win.ini', 'win.ini'],
  ['C:\\boot.ini', 'boot.ini'],
  ['x.jpg/', 'x.jpg'],
  ['x.jpg\r\nX-Injected: 1', 'x.jpg__X-Injected_ 1'],
  ['x.jpg\0.html', 'x.jpg_.html'],
  ['\u202egpj.exe', 'gpj.exe'],
  ['a\u2028b.jpg', 'a_b.jpg'],
  ['e\u0301.jpg', 'é.jpg'],
  ['\ud83d.jpg', '\ufffd.jpg'],
  ['😀.jpg', '😀.jpg'],
  ['CON', '_CON'],
  ['con.jpg', '_con.jpg'],
  ['Lpt¹ .txt', '_Lpt¹.txt'],
  ['console.jpg', 'console.jpg'],
  ['x. . .', 'x'],
  ['a..b.jpg', 'a.b.jpg'],
  ['.htaccess', 'htaccess'],
  ['-rf', 'rf'],
  ['..', 'image'],
  [' ', 'image'],
  ['', 'image'],
  ['__proto__', '__proto__'],
])('%j becomes %j', (name, safe) => {
  expect(safeEntryNames([name])).toEqual([safe]);
});

test('equal names get numbers, also those that differ only by case, Unicode form or invisible characters', () => {
  expect(safeEntryNames(['x.jpg', 'X.JPG', 'x.jpg', 'a/x.jpg'])).toEqual([
    'x.jpg',
    'X (2).JPG',
    'x (3).jpg',
    'x (4).jpg',
  ]);
  expect(safeEntryNames(['é', 'e\u0301', 'É', 'e\u0301\u034f'])).toEqual([
    'é',
    'é (2)',
    'É (3)',
    'é\u034f (4)',
  ]);
  expect(safeEntryNames(['straße', 'STRASSE', 'ﬁlm', 'film'])).toEqual([
    'straße',
    'STRASSE (2)',
    'ﬁlm',
    'film (2)',
  ]);
});

test('a number that is already used is skipped', () => {
  expect(safeEntryNames(['x (2).jpg', 'x.jpg', 'x.jpg', 'x (2).jpg'])).toEqual([
    'x (2).jpg',
    'x.jpg',
    'x (3).jpg',
    'x (2) (2).jpg',
  ]);
});

test('a long name is cut between characters, and keeps its extension and its number', () => {
  const [first = '', second = ''] = safeEntryNames([`${'é'.repeat(300)}.jpeg`, `${'é'.repeat(300)}.jpeg`]);
  expect(first).toBe(`${'é'.repeat(97)}.jpeg`);
  expect(second).toBe(`${'é'.repeat(95)} (2).jpeg`);
});

test('ten thousand files of one name need no quadratic time', () => {
  const names = safeEntryNames(Array(10_000).fill('image.jpg'));
  expect(names.at(-1)).toBe('image (10000).jpg');
});

test('any names become safe and distinct, in the same order, with the same result each time', () => {
  const nasty = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    ' ',
    'CON',
    'con.',
    '\u202e',
    '\r\n',
    'e\u0301',
    'é',
    'É',
    ':',
    'x',
    'X',
    '(2)',
    ' (2)',
    '.jpg',
    '.JPG',
  );
  const name = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.array(nasty, { maxLength: 8 }).map((parts) => parts.join('')),
    fc.array(nasty, { maxLength: 300 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(fc.array(name, { maxLength: 30 }), (names) => {
      const safe = safeEntryNames(names);
      expect(safe).toHaveLength(names.length);
      expect(new Set(safe.map((each) => each.normalize('NFD').toLowerCase())).size).toBe(names.length);
      expect(safeEntryNames(names)).toEqual(safe);
      for (const each of safe) {
        expect(each).not.toMatch(/[/\\<>:"|?*\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|\.\.|^[\s.]|[\s.]$/u);
        expect(each).not.toMatch(/^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)/i);
        expect(Buffer.byteLength(each)).toBeGreaterThan(0);
        expect(Buffer.byteLength(each)).toBeLessThanOrEqual(200);
        expect(each).toBe(each.normalize('NFC'));
      }
    }),
    { numRuns: 1000 },
  );
});
