import { useState } from 'react';
import { useSession } from '../../session/session-provider.tsx';
import type { Grouping } from './gallery-sections.ts';

/** The two panels of batches and viewer, or the gallery by visit or by time. */
export type View = 'batches' | Grouping;
export const VIEWS: Record<View, string> = {
  batches: 'Batches',
  visit: 'Gallery by visit',
  time: 'Gallery by time',
};

/** How a person looks at images. Remembered on this computer, for each person. */
export function useView(): [view: View, setView: (view: View) => void] {
  const { person } = useSession();
  const key = `negatoscope.view ${person.subject}`;
  const [view, setView] = useState<View>(() => {
    const kept = localStorage.getItem(key);
    return kept !== null && kept in VIEWS ? (kept as View) : 'batches';
  });
  const change = (next: View) => {
    localStorage.setItem(key, next);
    setView(next);
  };
  return [view, change];
}
