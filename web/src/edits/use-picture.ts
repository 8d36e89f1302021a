import { useEffect, useState } from 'react';
import type { Picture } from '../../../lib/domain/images/apply-edits.ts';
import { explain } from '../api/api-error.ts';
import { fetchBytes } from '../api/client.ts';
import { text } from '../messages/text.ts';

/** Wide enough for a preview, and small enough to be drawn again at each step. */
const PREVIEW_WIDTH = 800;

/** The pixels of an image without its edits, for previews. */
export function usePicture(imageId: string | undefined): { picture?: Picture; failure?: string } {
  const [loaded, setLoaded] = useState<{ picture?: Picture; failure?: string }>({});
  useEffect(() => {
    let isWanted = true;
    if (imageId === undefined) return;
    fetchBytes(`/api/images/${imageId}/data?width=${PREVIEW_WIDTH}&format=webp`)
      .then(pixelsOf)
      .then((picture) => isWanted && setLoaded({ picture }))
      .catch((error: unknown) => isWanted && setLoaded({ failure: explain(error) }));
    return () => {
      isWanted = false;
    };
  }, [imageId]);
  return loaded;
}

async function pixelsOf(bytes: Blob): Promise<Picture> {
  const bitmap = await createImageBitmap(bytes);
  const canvas = document.createElement('canvas');
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error(text('edits.cannot-draw'));
  context.drawImage(bitmap, 0, 0);
  const { data, width, height } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  bitmap.close();
  return { data: new Uint8Array(data.buffer), width, height, channels: 4 };
}
