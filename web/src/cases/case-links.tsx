import { Link } from 'wouter';
import type { Case } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { formatClinicDay } from '../parts/format.ts';
import type { useCases } from './cases.ts';
import '../parts/link-list.css';
import './case-links.css';

/** The listed cases that have been loaded. */
export const casesOf = ({ data }: ReturnType<typeof useCases>): Case[] =>
  data?.pages.flatMap((page) => page.cases) ?? [];

/** Links to a patient's cases, each with its number of images and the day of the latest one. */
export function CaseLinks({ list }: { list: ReturnType<typeof useCases> }) {
  return (
    <ul className="link-list case-links">
      {casesOf(list).map(({ id, imageCount, lastImageAt }) => (
        <li key={id}>
          <Link href={`/cases/${id}`}>
            <b>{id}</b>{' '}
            <span className="quiet">
              {text('images.count', { count: imageCount })} · {formatClinicDay(lastImageAt)}
            </span>
          </Link>
        </li>
      ))}
      {list.hasNextPage && (
        <li>
          <button
            type="button"
            className="button small"
            disabled={list.isFetchingNextPage}
            onClick={() => list.fetchNextPage()}
          >
            {text('cases.older')}
          </button>
        </li>
      )}
    </ul>
  );
}
