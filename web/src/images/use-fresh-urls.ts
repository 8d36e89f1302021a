import { useEffect, useRef } from 'react';

/** The part of a signed URL's lifetime after which another one is requested. The service gives out URLs that live for two thirds. */
const RENEWED_AFTER = 1 / 3;

/**
 * Reads a list of images again before its signed URLs expire, as long as it is shown.
 *
 * @param url a signed URL of the list (S3 API reference, "Authenticating Requests: Using Query Parameters")
 */
export function useFreshUrls(url: string | null | undefined, read: () => unknown): void {
  const latest = useRef(read);
  latest.current = read;
  const query = url ? new URL(url, location.href).searchParams : undefined;
  const signedAt = query?.get('X-Amz-Date');
  const seconds = Number(query?.get('X-Amz-Expires') ?? 0);
  useEffect(() => {
    if (!signedAt || !(seconds > 0)) return;
    const timer = setInterval(() => void latest.current(), seconds * 1000 * RENEWED_AFTER);
    return () => clearInterval(timer);
  }, [signedAt, seconds]);
}
