import { useEffect, useState } from 'react';

/** Longer than a tile is visible while somebody scrolls past it; milliseconds. */
const SETTLE_MS = 500;

/** False for the first half second: expensive parts are rendered when the tile stays visible. */
export function useSettled(): [isSettled: boolean, showNow: () => void] {
  const [isSettled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), SETTLE_MS);
    return () => clearTimeout(timer);
  }, []);
  return [isSettled, () => setSettled(true)];
}
