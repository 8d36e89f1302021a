import { createContext, useContext, useEffect } from 'react';
import type { Shown } from './updates-socket.ts';

export const ShowContext = createContext<(shown: Shown) => void>(() => undefined);

/**
 * Requests the messages about this patient while the component is shown. null: about no patient, as on all pages that do not
 * call this; undefined: about anybody.
 */
export function useShownPatient(shown: Shown): void {
  const show = useContext(ShowContext);
  useEffect(() => {
    show(shown);
    return () => show(null);
  }, [show, shown]);
}
