import { useEffect, useState } from 'react';
import { explain } from '../api/api-error.ts';
import type { BlobUrls } from './blob-urls.ts';

/** A blob URL of bytes that need a token, once they are loaded. Undefined without a path. */
export function useBlobUrl(from: BlobUrls, path: string | undefined) {
  const [state, setState] = useState<{ path: string; url?: string; failure?: string }>();
  useEffect(() => {
    if (path === undefined) return;
    let isCurrent = true;
    from.get(path).then(
      (url) => isCurrent && setState({ path, url }),
      (error) => isCurrent && setState({ path, failure: explain(error) }),
    );
    return () => {
      isCurrent = false;
    };
  }, [from, path]);
  return state?.path === path ? { url: state?.url, failure: state?.failure } : {};
}
