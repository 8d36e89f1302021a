import { useEffect, useState } from 'react';

/** Longer than what somebody scrolls past is there. */
const CALM_MS = 500;

/** False at first: what costs much to draw can wait until it is sure that somebody looks. */
export function useCalm(): [isCalm: boolean, hurry: () => void] {
  const [isCalm, setCalm] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setCalm(true), CALM_MS);
    return () => clearTimeout(timer);
  }, []);
  return [isCalm, () => setCalm(true)];
}
