import { useEffect, useState } from 'react';
import { explain, isTransient } from '../api/api-error.ts';
import { Backoff } from '../parts/backoff.ts';
import type { BlobUrls } from './blob-urls.ts';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * A blob URL of bytes that need a token, once they are loaded. Undefined without a path. What failed and may succeed is loaded
 * again, until it is shown or nobody needs it any more.
 */
export function useBlobUrl(from: BlobUrls, path: string | undefined) {
  const [state, setState] = useState<{ path: string; url?: string; failure?: string }>();
  useEffect(() => {
    if (path === undefined) return;
    let isCurrent = true;
    const load = () =>
      from.get(path).then(
        (url) => isCurrent && setState({ path, url }),
        (error) => {
          if (!isCurrent) return;
          setState({ path, failure: explain(error) });
          if (isTransient(error)) backoff.start();
        },
      );
    const backoff = new Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS, load);
    // A pause of half a minute would outlast the failure.
    const loadNow = () => {
      if (!backoff.isOn) return;
      backoff.cancel();
      void load();
    };
    window.addEventListener('online', loadNow);
    void load();
    return () => {
      isCurrent = false;
      window.removeEventListener('online', loadNow);
      backoff.cancel();
    };
  }, [from, path]);
  return state?.path === path ? { url: state?.url, failure: state?.failure } : {};
}
