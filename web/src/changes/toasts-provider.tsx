import { createContext, type ReactNode, useContext, useState } from 'react';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import { ToastRegion } from './toast-region.tsx';
import { Toasts } from './toasts.ts';

const ToastsContext = createContext<Toasts | undefined>(undefined);

/** The messages about what was done, and the changes that can be undone. */
export function useToasts(): Toasts {
  const toasts = useContext(ToastsContext);
  if (!toasts) throw new Error('Nothing is said here.');
  return toasts;
}

/** Shows what was done on all pages, and takes the latest change back by Ctrl+Z. */
export function ToastsProvider({ children }: { children: ReactNode }) {
  const [toasts] = useState(() => new Toasts());
  // A text field takes back what was typed.
  useShortcuts({ undo: () => void toasts.undo() }, isWriting);
  return (
    <ToastsContext value={toasts}>
      {children}
      <ToastRegion toasts={toasts} />
    </ToastsContext>
  );
}

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input:not([type=checkbox], [type=radio]), textarea, [role=dialog], [role=alertdialog]') !==
    null;
