import { useEffect, useState } from 'react';

/** Longer than between two keys of somebody who types; milliseconds. */
const PAUSE_MS = 250;

/** The text as it was when somebody last paused in typing it. */
export function useSettledText(text: string, pauseMs = PAUSE_MS): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), pauseMs);
    return () => clearTimeout(timer);
  }, [text, pauseMs]);
  return settled;
}
