import { useEffect, useState } from 'react';
import { useUploadQueue } from './uploads-provider.tsx';

/** A small picture of a file of this page, until the service has made one. Undefined for other files. */
export function usePreview(uploadId: string | undefined): string | undefined {
  const { previews } = useUploadQueue();
  const [drawn, setDrawn] = useState<{ id: string; url: string | undefined }>();
  useEffect(() => {
    if (uploadId === undefined) return;
    let isCurrent = true;
    void previews.get(uploadId).then((url) => isCurrent && setDrawn({ id: uploadId, url }));
    return () => {
      isCurrent = false;
    };
  }, [previews, uploadId]);
  return drawn?.id === uploadId ? drawn?.url : undefined;
}
