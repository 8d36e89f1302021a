import { type InfiniteData, type QueryClient, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, bodyOf } from '../../api/client.ts';
import type { Image } from '../../api/types.ts';
import { useFreshUrls } from '../../images/use-fresh-urls.ts';

interface Page {
  images: Image[];
  next: string | null;
}
type Pages = InfiniteData<Page, string | undefined>;

/** The most that the service lists in a request: a person has a hundred requests a minute. */
const PAGE = 200;

/** All images of a patient, of batches and cases, newest first. Loads one part after the other until all are here. */
export function useGalleryImages(patientId: string) {
  const answer = useInfiniteQuery({
    queryKey: ['gallery', patientId],
    queryFn: ({ pageParam: cursor, signal }) =>
      bodyOf(
        api.GET('/api/images', {
          params: { query: { patient_id: patientId, limit: PAGE, cursor } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }: Page) => next ?? undefined,
  });
  const { data, hasNextPage, isFetching, fetchNextPage } = answer;
  useEffect(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const signed = data?.pages[0]?.images.find((image) => image.thumbnail_url);
  useFreshUrls(signed?.thumbnail_url, () => answer.refetch({ cancelRefetch: false }));
  return answer;
}

/** Updates an image in the galleries that have it. */
export const putInGallery = (
  queries: QueryClient,
  update: Omit<Image, 'thumbnail_url'> & Partial<Image>,
): void =>
  changeGalleries(queries, (image) =>
    image.id !== update.id || image.updated_at > update.updated_at ? image : { ...image, ...update },
  );

/** Removes an image from the galleries. */
export const dropFromGallery = (queries: QueryClient, id: string): void =>
  changeGalleries(queries, (image) => (image.id === id ? undefined : image));

/** Whether a gallery has the image, or there is none to have it. */
export function isInGallery(queries: QueryClient, id: string): boolean {
  const galleries = queries.getQueriesData<Pages>({ queryKey: ['gallery'] });
  return galleries.every(([, read]) =>
    read?.pages.some(({ images }) => images.some((image) => image.id === id)),
  );
}

function changeGalleries(queries: QueryClient, change: (image: Image) => Image | undefined): void {
  queries.setQueriesData<Pages>({ queryKey: ['gallery'] }, (read) => {
    if (!read) return read;
    const pages = read.pages.map((page) => {
      const images = page.images.flatMap((image) => change(image) ?? []);
      const isSame =
        images.length === page.images.length && images.every((image, index) => image === page.images[index]);
      return isSame ? page : { ...page, images };
    });
    return pages.every((page, index) => page === read.pages[index]) ? read : { ...read, pages };
  });
}
