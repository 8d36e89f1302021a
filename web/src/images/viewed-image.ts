/** The image in the viewer, independent of the endpoint that it came from. */
export interface ViewedImage {
  id: string;
  name: string;
  type: string;
  isReady: boolean;
  /** Why the image was rejected. */
  reason: string | null;
  /** The path of its bytes. A request needs a token. */
  original: string;
}

/** The path of what a browser can draw. Browsers can't draw TIFF: they get a copy. */
export const pathOf = ({ id, type, isReady, original }: ViewedImage): string | undefined => {
  if (!isReady) return undefined;
  return type === 'image/tiff' ? `/api/images/${id}/data?width=2000&format=webp` : original;
};
