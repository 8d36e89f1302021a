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
  /** A small picture of a file of this page, until the thumbnail is drawn. */
  preview?: string | undefined;
}

/** An image's thumbnail: by its signed URL, which the browser caches, otherwise through the API. */
export function Thumbnail({ id, signedUrl, edited, isReady, isWaiting, preview }: ThumbnailProps) {
  // S3 may be too busy, or the computer was asleep while the URL expired.
  const [dead, setDead] = useState<string>();
  const isSigned = !edited && signedUrl !== null && dead !== signedUrl;
  const path = edited ?? `/api/images/${id}/thumbnail`;
  const { url } = useBlobUrl(thumbnails, isReady && !isSigned ? path : undefined);
  const waiting = preview ? (
    <img src={preview} alt="" draggable={false} className="thumbnail-preview" />
  ) : (
    <span className="thumbnail-waiting" aria-hidden />
  );
  if (isWaiting) return waiting;
  if (!isReady) return <ImageOff className="thumbnail-none" size={28} aria-hidden />;
  const src = isSigned ? signedUrl : url;
  if (!src) return waiting;
  return (
    <img
      src={src}
      alt=""
      draggable={false}
      // Behind the thumbnail until it is loaded.
      style={preview ? { background: `url("${preview}") center / contain no-repeat` } : undefined}
      onError={() => isSigned && setDead(signedUrl)}
    />
  );
}
