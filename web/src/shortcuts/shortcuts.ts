/**
 * The keyboard shortcuts of the page, each with its keys as `keyOf` names them. The first is the one that is shown.
 *
 * Their order is that of the list which `?` shows.
 */
export const SHORTCUTS = {
  search: ['/'],
  help: ['?'],
  undo: ['Mod+z'],
  'select-all': ['Mod+a'],
  'select-none': ['Escape'],
  'extend-selection': ['Shift+ArrowRight'],
  delete: ['Delete'],
  'previous-image': ['ArrowLeft'],
  'next-image': ['ArrowRight'],
  'previous-page': ['PageUp'],
  'next-page': ['PageDown'],
  'previous-frame': ['ArrowUp', 'ArrowLeft'],
  'next-frame': ['ArrowDown', 'ArrowRight'],
  'ten-frames-back': ['PageUp'],
  'ten-frames-on': ['PageDown'],
  'first-frame': ['Home'],
  'last-frame': ['End'],
  'zoom-in': ['+'],
  'zoom-out': ['-'],
  fit: ['0'],
  'move-shape': ['ArrowLeft', 'ArrowUp', 'ArrowRight', 'ArrowDown'],
  'move-shape-far': ['Shift+ArrowLeft', 'Shift+ArrowUp', 'Shift+ArrowRight', 'Shift+ArrowDown'],
  'save-shape': ['Enter'],
  'cancel-shape': ['Escape'],
  invert: ['i'],
  turn: ['r'],
  flip: ['f'],
  cine: ['c'],
  'pan-up': ['Shift+ArrowUp'],
  'pan-left': ['Shift+ArrowLeft'],
  'pan-down': ['Shift+ArrowDown'],
  'pan-right': ['Shift+ArrowRight'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Shortcut = keyof typeof SHORTCUTS;

/** The part of a KeyboardEvent that names the press (UI Events). */
interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** The name of a key press: `Mod` is Ctrl, or Command on a Mac. A character that needs Shift on some keyboards is named without it. */
export function keyOf({ key, ctrlKey, metaKey, altKey, shiftKey }: Press): string {
  const isCommand = ctrlKey || metaKey;
  const isCharacter = key.length === 1;
  return [
    isCommand ? 'Mod+' : '',
    altKey ? 'Alt+' : '',
    shiftKey && (isCommand || !isCharacter) ? 'Shift+' : '',
    isCharacter ? key.toLowerCase() : key,
  ].join('');
}
