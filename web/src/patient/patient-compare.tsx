import { useEffect } from 'react';
import type { Image } from '../api/types.ts';
import { Compare } from '../images/compare.tsx';
import { ImageFacts, toViewed } from './image-facts.tsx';
import { useImages } from './images.ts';

/** Two images of one batch. */
export interface Pair {
  batchId: string;
  ids: readonly [string, string];
}

/** The current state of the two images. The comparison ends when one of them is deleted. */
export function PatientCompare({ pair, onClose }: { pair: Pair; onClose: () => void }) {
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useImages(pair.batchId);
  const images = data?.pages.flatMap((page) => page.images) ?? [];
  const [one, other] = pair.ids.map((id) => images.find((image) => image.id === id));
  const isMissing = data !== undefined && !(one && other);
  const isGone = isMissing && !hasNextPage;
  useEffect(() => {
    // Those of a link may be further down than what is loaded.
    if (isMissing && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  });
  useEffect(() => {
    if (isGone) onClose();
  }, [isGone, onClose]);
  return one && other && <Compare pair={[toCompared(one), toCompared(other)]} onClose={onClose} />;
}

const toCompared = (image: Image) => ({ image: toViewed(image), details: <ImageFacts image={image} /> });
