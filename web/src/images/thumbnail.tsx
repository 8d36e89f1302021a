import { ImageOff } from 'lucide-react';
import { useState } from 'react';
import { thumbnails } from './blob-urls.ts';
import { useBlobUrl } from './use-blob-url.ts';

interface ThumbnailProps {
  id: string;
  /** The signed URL of the list; null if a socket message came without one. */
  signedUrl: string | null;
  /** The path of a small copy with its edits, if it has any. */
  edited?: string | undefined;
  isReady: boolean;
  /** Whether it may become ready. */
  isWaiting: boolean;
}

/** An image's thumbnail: by its signed URL, which the browser caches, otherwise through the API. */
export function Thumbnail({ id, signedUrl, edited, isReady, isWaiting }: ThumbnailProps) {
  // S3 may be too busy, or the computer was asleep while the URL expired.
  const [dead, setDead] = useState<string>();
  const isSigned = !edited && signedUrl !== null && dead !== signedUrl;
  const path = edited ?? `/api/images/${id}/thumbnail`;
  const { url } = useBlobUrl(thumbnails, isReady && !isSigned ? path : undefined);
  if (isWaiting) return <span className="thumbnail-waiting" aria-hidden />;
  if (!isReady) return <ImageOff className="thumbnail-none" size={28} aria-hidden />;
  const src = isSigned ? signedUrl : url;
  if (!src) return <span className="thumbnail-waiting" aria-hidden />;
  return <img src={src} alt="" draggable={false} onError={() => isSigned && setDead(signedUrl)} />;
}
