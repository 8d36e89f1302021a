import { describe, expect, test } from 'vitest';
import { keyOf, SHORTCUTS } from '../../../web/src/shortcuts/shortcuts.ts';

const press = (key: string, modifiers: Partial<Parameters<typeof keyOf>[0]> = {}) =>
  keyOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...modifiers });

describe('The name of a key press', () => {
  test.each([
    ['a letter', press('a'), 'a'],
    ['a letter with the caps lock', press('A'), 'a'],
    ['a character that needs Shift on this keyboard', press('?', { shiftKey: true }), '?'],
    ['a key with Shift', press('ArrowUp', { shiftKey: true }), 'Shift+ArrowUp'],
    ['Ctrl', press('z', { ctrlKey: true }), 'Mod+z'],
    ['Command', press('z', { metaKey: true }), 'Mod+z'],
    ['Ctrl with Shift, which is another', press('Z', { ctrlKey: true, shiftKey: true }), 'Mod+Shift+z'],
    ['Alt', press('0', { altKey: true }), 'Alt+0'],
  ])('of %s', (_what, name, expected) => {
    expect(name).toBe(expected);
  });

  test('of each shortcut is one that a press can have', () => {
    const modified = /^(?:(Mod)\+)?(?:(Shift)\+)?(.+)$/;
    for (const name of Object.values(SHORTCUTS).flat()) {
      const [, mod, shift, key = ''] = modified.exec(name) ?? [];
      expect(press(key, { ctrlKey: mod !== undefined, shiftKey: shift !== undefined })).toBe(name);
    }
  });
});
