import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Search, X } from 'lucide-react';
import { type ReactNode, useDeferredValue, useState } from 'react';
import { explain } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { Category, Image } from '../api/types.ts';
import { CategoryMenu } from '../images/category-menu.tsx';
import { checkOf } from '../images/check-state.ts';
import { Thumbnail } from '../images/thumbnail.tsx';
import { useFreshUrls } from '../images/use-fresh-urls.ts';
import { useAddress } from '../links/address.ts';
import { richText } from '../messages/rich-text.tsx';
import { text } from '../messages/text.ts';
import { describeTime } from '../parts/format.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { Message } from '../parts/message.tsx';
import { Spinner } from '../parts/spinner.tsx';
import { timesOf } from './image-facts.tsx';
import './image-search.css';

interface ImageSearchProps {
  patientId: string;
  shownId: string | undefined;
  onShow: (image: Image) => void;
  /** The content while there is no search. */
  children: ReactNode;
}

interface SearchCriteria {
  q?: string;
  category?: Category;
  date_from?: string;
  date_to?: string;
}

/** Finds the patient's images by text, category and day. */
export function ImageSearch({ patientId, shownId, onShow, children }: ImageSearchProps) {
  const [values, set] = useAddress(['q', 'category', 'date_from', 'date_to']);
  const criteria = values as SearchCriteria;
  const isAny = Object.values(criteria).some(Boolean);
  const [isOpen, setOpen] = useState(isAny);
  const isSearching = isOpen && isAny;
  return (
    <>
      <search className="search">
        <IconButton
          icon={isOpen ? X : Search}
          onClick={() => setOpen(!isOpen)}
          aria-expanded={isOpen}
          label={text(isOpen ? 'image-search.close' : 'image-search.open')}
        />
        {isOpen && (
          <div className="search-fields">
            <input
              type="search"
              // biome-ignore lint/a11y/noAutofocus: the search was opened to write this
              autoFocus
              placeholder={text('image-search.words')}
              aria-label={text('image-search.words')}
              value={criteria.q ?? ''}
              onChange={({ target }) => set({ q: target.value })}
            />
            <CategoryMenu
              value={criteria.category ?? ''}
              empty={text('image-search.any-category')}
              label={text('image-search.category')}
              onChange={(category) => set({ category: category || undefined })}
            />
            <label>
              {text('image-search.from')}
              <input
                type="date"
                value={criteria.date_from ?? ''}
                onChange={({ target }) => set({ date_from: target.value })}
              />
            </label>
            <label>
              {text('image-search.to')}
              <input
                type="date"
                value={criteria.date_to ?? ''}
                onChange={({ target }) => set({ date_to: target.value })}
              />
            </label>
          </div>
        )}
      </search>
      <div className="scroller">
        {isSearching ? (
          <Found patientId={patientId} criteria={criteria} shownId={shownId} onShow={onShow} />
        ) : (
          children
        )}
      </div>
    </>
  );
}

function Found({
  patientId,
  criteria,
  shownId,
  onShow,
}: Omit<ImageSearchProps, 'children'> & { criteria: SearchCriteria }) {
  const wanted = useDeferredValue(criteria);
  const found = useInfiniteQuery({
    queryKey: ['search', patientId, wanted],
    queryFn: async ({ pageParam: cursor, signal }) => {
      // Without the delay, each typed letter would be a request.
      await new Promise((resolve) => setTimeout(resolve, 250));
      signal.throwIfAborted();
      const query = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value?.trim()));
      return bodyOf(
        api.GET('/api/images', { params: { query: { ...query, patient_id: patientId, cursor } }, signal }),
      );
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
  });
  const signed = found.data?.pages[0]?.images.find((image) => image.thumbnail_url);
  useFreshUrls(signed?.thumbnail_url, () => found.refetch({ cancelRefetch: false }));
  const images = found.data?.pages.flatMap((page) => page.images) ?? [];
  if (found.isPending) return <Spinner label={text('image-search.searching')} />;
  if (found.isError) {
    return (
      <Message title={text('image-search.failed')} tone="bad">
        {explain(found.error)}
      </Message>
    );
  }
  if (images.length === 0 && !found.hasNextPage)
    return <Message title={text('image-search.none')}>{text('image-search.none-hint')}</Message>;
  return (
    <>
      <ul className="found">
        {images.map((image) => (
          <li key={image.id}>
            <button
              type="button"
              onClick={() => onShow(image)}
              className={shownId === image.id ? 'shown' : ''}
            >
              <Thumbnail
                id={image.id}
                signedUrl={image.thumbnail_url}
                isReady={image.status === 'ready'}
                isWaiting={checkOf(image) !== undefined}
              />
              <span>
                <b>
                  {richText('images.show-marked', {
                    name: image.original_name,
                    hidden: (words) => <span className="hidden">{words}</span>,
                  })}
                </b>
                <span className="quiet">
                  {checkOf(image) ?? (image.caption || describeTime(timesOf(image)))}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {found.hasNextPage && (
        <button type="button" className="button" onClick={() => found.fetchNextPage()}>
          {text('image-search.more')}
        </button>
      )}
    </>
  );
}
