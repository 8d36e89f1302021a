import { useState } from 'react';
import { useSession } from '../../session/session-provider.tsx';
import type { Grouping } from './gallery-sections.ts';

/** The two panels of batches and viewer, or the gallery by visit, by time, or by time with the eyes side by side. */
export type View = 'batches' | Grouping;
export const VIEWS: readonly View[] = ['batches', 'visit', 'time', 'eye'];

/** How a person looks at images. Remembered on this computer, for each person. */
export function useView(): [view: View, setView: (view: View) => void] {
  const { person } = useSession();
  const key = `negatoscope.view ${person.subject}`;
  const [view, setView] = useState<View>(() => {
    const kept = localStorage.getItem(key);
    return VIEWS.find((each) => each === kept) ?? 'batches';
  });
  const change = (next: View) => {
    localStorage.setItem(key, next);
    setView(next);
  };
  return [view, change];
}
