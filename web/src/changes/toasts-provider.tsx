import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
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
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'z' || !(event.ctrlKey || event.metaKey)) return;
      // A text field takes back what was typed.
      if (event.shiftKey || event.altKey || isWriting(event.target)) return;
      event.preventDefault();
      void toasts.undo();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [toasts]);
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
