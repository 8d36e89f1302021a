/** The image that the viewer shows, whichever endpoint it came from. */
export interface ViewedImage {
  id: string;
  name: string;
  type: string;
  isReady: boolean;
  /** Why it was not taken. */
  reason: string | null;
  /** Where its bytes are, for who has a token. */
  original: string;
}

/** What of it can be drawn. Browsers draw no TIFF: of it they get a copy. */
export const pathOf = ({ id, type, isReady, original }: ViewedImage): string | undefined => {
  if (!isReady) return undefined;
  return type === 'image/tiff' ? `/api/images/${id}/data?width=2000&format=webp` : original;
};
