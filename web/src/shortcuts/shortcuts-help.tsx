import { useState } from 'react';
import { lazyPart } from '../parts/lazy-part.ts';
import type { Shortcut } from './shortcuts.ts';
import { presentShortcuts, useShortcuts } from './use-shortcuts.ts';

// The first page loads no dialog.
const ShortcutsDialog = lazyPart(() => import('./shortcuts-dialog.tsx'), 'ShortcutsDialog');

/** The list of the shortcuts of this screen, by the key `?`. */
export function ShortcutsHelp() {
  const [listed, setListed] = useState<readonly Shortcut[]>();
  useShortcuts({ help: () => setListed(presentShortcuts()) });
  return listed && <ShortcutsDialog listed={listed} onClose={() => setListed(undefined)} />;
}
