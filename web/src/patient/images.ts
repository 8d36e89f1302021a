import { type InfiniteData, type QueryClient, useInfiniteQuery } from '@tanstack/react-query';
import { changeCached } from '../api/change-cached.ts';
import { api, bodyOf } from '../api/client.ts';
import type { Image } from '../api/types.ts';
import { useFreshUrls } from '../images/use-fresh-urls.ts';
import { useRefetchInterval } from '../live-updates/refetch-interval.ts';
import { dropFromGallery, putInGallery } from './gallery/gallery-images.ts';
import type { Place } from './image-order.ts';

interface Page {
  images: Image[];
  next: string | null;
}
type Pages = InfiniteData<Page>;

/** The loaded images of the batch in their order, a hundred at a time. */
export function useImages(batchId: string) {
  const answer = useInfiniteQuery({
    queryKey: ['images', batchId],
    queryFn: ({ pageParam: cursor, signal }) =>
      bodyOf(
        api.GET('/api/images', { params: { query: { batch_id: batchId, limit: 100, cursor } }, signal }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }: Page) => next ?? undefined,
    refetchInterval: useRefetchInterval(),
  });
  const signed = answer.data?.pages[0]?.images.find((image) => image.thumbnail_url);
  useFreshUrls(signed?.thumbnail_url, () => answer.refetch({ cancelRefetch: false }));
  return answer;
}

/** The images to show, also those whose bytes are still to come or are being checked. */
export const listedIn = (read: Pages | undefined): Image[] =>
  read?.pages.flatMap((page) => page.images) ?? [];

/** The cached images of the batch. */
export const listedImages = (queries: QueryClient, batchId: string): Image[] =>
  listedIn(queries.getQueryData<Pages>(['images', batchId]));

/** Updates an image in the cache. A new one is appended if the end of the list is loaded. */
export function putImage(queries: QueryClient, update: Omit<Image, 'thumbnail_url'> & Partial<Image>): void {
  putInGallery(queries, update);
  change(queries, update.batch, (images, isWhole) => {
    const index = images.findIndex(({ id }) => id === update.id);
    const known = images[index];
    if (!known) {
      const last = images.at(-1);
      const isWithin = isWhole || (last !== undefined && byPlace(update, last) < 0);
      return isWithin ? [...images, { thumbnail_url: null, ...update }].sort(byPlace) : images;
    }
    if (known.updated_at > update.updated_at) return images;
    const order = onTheWay.has(update.id) ? known.order : update.order;
    const changed = images.with(index, { ...known, ...update, order });
    return known.order === order ? changed : changed.sort(byPlace);
  });
}

/** The number of position changes in progress for each image: positions in messages are outdated meanwhile. */
const onTheWay = new Map<string, number>();

/** Applies new positions in the cache. Call the returned function when the request has ended. */
export const putPlaces = (queries: QueryClient, batchId: string, places: readonly Place[]): (() => void) => {
  const ids = places.flatMap((place) => place.ids);
  for (const id of ids) onTheWay.set(id, (onTheWay.get(id) ?? 0) + 1);
  const orders = new Map(places.flatMap(({ ids, order }) => ids.map((id) => [id, order])));
  change(queries, batchId, (images) =>
    images.map((image) => ({ ...image, order: orders.get(image.id) ?? image.order })).sort(byPlace),
  );
  return () => {
    for (const id of ids) {
      const others = (onTheWay.get(id) ?? 1) - 1;
      if (others > 0) onTheWay.set(id, others);
      else onTheWay.delete(id);
    }
  };
};

/** Removes a deleted image from the cache. */
export const dropImage = (queries: QueryClient, { id, batch }: Pick<Image, 'id' | 'batch'>): void => {
  dropFromGallery(queries, id);
  change(queries, batch, (images) => images.filter((each) => each.id !== id));
};

/** Compares images in the service's order of a batch. */
const byPlace = (a: Pick<Image, 'id' | 'order'>, b: Pick<Image, 'id' | 'order'>): number =>
  a.order - b.order || (a.id < b.id ? -1 : 1);

const change = (queries: QueryClient, batchId: string | null, work: Change): void =>
  changeCached<Pages>(queries, ['images', batchId], (read) => changed(read, work));

type Change = (images: Image[], isWhole: boolean) => Image[];

/** Changes the list and divides it into its pages again. The last page gets additional images. */
function changed(read: Pages | undefined, work: Change): Pages | undefined {
  if (!read) return read;
  const before = read.pages.flatMap(({ images }) => images);
  const images = work(before, read.pages.at(-1)?.next === null);
  if (images === before) return read;
  let start = 0;
  const pages = read.pages.map((page, index) => {
    const end = index === read.pages.length - 1 ? images.length : start + page.images.length;
    const part = images.slice(start, end);
    start = end;
    return { ...page, images: part };
  });
  return { ...read, pages };
}
