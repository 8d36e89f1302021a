import { useEffect, useState } from 'react';

/** Without a word from the browser, after so long. */
const AT_LAST_MS = 500;

/** False until the browser has nothing more urgent to do: what is not seen at once can wait for that. */
export function useCalm(): [isCalm: boolean, hurry: () => void] {
  const [isCalm, setCalm] = useState(false);
  useEffect(() => {
    // Safari has none.
    if (!('requestIdleCallback' in window)) {
      const timer = setTimeout(() => setCalm(true), AT_LAST_MS);
      return () => clearTimeout(timer);
    }
    const request = requestIdleCallback(() => setCalm(true), { timeout: AT_LAST_MS });
    return () => cancelIdleCallback(request);
  }, []);
  return [isCalm, () => setCalm(true)];
}
