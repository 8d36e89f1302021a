import { type InfiniteData, type QueryClient, useInfiniteQuery } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import type { Image } from '../api/types.ts';
import { useRefetchInterval } from '../news/news-provider.tsx';

interface Page {
  images: Image[];
  next: string | null;
}
type Pages = InfiniteData<Page, string | undefined>;

/** The batch's images in their order, as far as they are read: a hundred at a time. */
export function useImages(batchId: string) {
  return useInfiniteQuery({
    queryKey: ['images', batchId],
    queryFn: ({ pageParam: cursor, signal }) =>
      bodyOf(
        api.GET('/api/images', { params: { query: { batch_id: batchId, limit: 100, cursor } }, signal }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }: Page) => next ?? undefined,
    refetchInterval: useRefetchInterval(),
  });
}

/** Takes an image as it is now; a new one comes last, where the end of the list is read. */
export function putImage(queries: QueryClient, news: Omit<Image, 'thumbnail_url'> & Partial<Image>): void {
  change(queries, news.batch, (images, isLast) => {
    const index = images.findIndex(({ id }) => id === news.id);
    const known = images[index];
    if (!known) return isLast ? [...images, { thumbnail_url: null, ...news }] : images;
    if (known.updated_at > news.updated_at) return images;
    return images.with(index, { ...known, ...news });
  });
}

/** Takes an image away that is deleted. */
export const dropImage = (queries: QueryClient, { id, batch }: Pick<Image, 'id' | 'batch'>): void =>
  change(queries, batch, (images) => images.filter((each) => each.id !== id));

function change(
  queries: QueryClient,
  batchId: string | null,
  work: (images: Image[], isLast: boolean) => Image[],
): void {
  queries.setQueryData<Pages>(['images', batchId], (pages) => {
    if (!pages) return pages;
    const known = new Set(pages.pages.flatMap(({ images }) => images.map(({ id }) => id)));
    return {
      ...pages,
      pages: pages.pages.map((page) => {
        const images = work(page.images, page.next === null);
        // What another page has already is no new one.
        const own = new Set(page.images.map(({ id }) => id));
        return { ...page, images: images.filter(({ id }) => own.has(id) || !known.has(id)) };
      }),
    };
  });
}
