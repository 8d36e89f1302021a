import { ImageOff } from 'lucide-react';
import { useState } from 'react';
import { thumbnails } from './blob-urls.ts';
import { useBlobUrl } from './use-blob-url.ts';

interface ThumbnailProps {
  id: string;
  /** The signed URL of the list; null if a socket message came without one. */
  signedUrl: string | null;
  isReady: boolean;
  /** Whether it may become ready. */
  isWaiting: boolean;
}

/** An image's thumbnail: by its signed URL, which the browser caches, otherwise through the API. */
export function Thumbnail({ id, signedUrl, isReady, isWaiting }: ThumbnailProps) {
  // S3 may be too busy, or the computer was asleep while the URL expired.
  const [dead, setDead] = useState<string>();
  const isSigned = signedUrl !== null && dead !== signedUrl;
  const { url } = useBlobUrl(thumbnails, isReady && !isSigned ? `/api/images/${id}/thumbnail` : undefined);
  if (isWaiting) return <span className="thumbnail-waiting" aria-hidden />;
  if (!isReady) return <ImageOff className="thumbnail-none" size={28} aria-hidden />;
  const src = isSigned ? signedUrl : url;
  if (!src) return <span className="thumbnail-waiting" aria-hidden />;
  return <img src={src} alt="" draggable={false} onError={() => isSigned && setDead(signedUrl)} />;
}
