import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import type { AuditEvent } from '../api/types.ts';
import { formatMoment } from '../parts/format.ts';
import { Message } from '../parts/message.tsx';
import { QueryStatus } from '../parts/query-status.tsx';
import './admin.css';

interface Filter {
  patient_id?: string;
  who?: string;
  from?: string;
  to?: string;
}

/** The audit log, newest event first. */
export function AuditPage() {
  const [filter, setFilter] = useState<Filter>({});
  const log = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam: cursor, signal }) =>
      bodyOf(api.GET('/api/audit', { params: { query: { ...filter, cursor } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    // The log is read only on request, because each read is an event of the log, too.
    refetchOnWindowFocus: false,
  });
  useEffect(() => {
    document.title = 'Audit log · Negatoscope';
  }, []);
  // A page covers some weeks and may be empty: the log of a new clinic begins with one.
  const { hasNextPage, isFetching, isError, fetchNextPage } = log;
  const isLastEmpty = log.data?.pages.at(-1)?.events.length === 0;
  useEffect(() => {
    if (isLastEmpty && hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [isLastEmpty, hasNextPage, isFetching, isError, fetchNextPage]);
  const events = log.data?.pages.flatMap((page) => page.events) ?? [];
  const isFiltered = Object.values(filter).some(Boolean);
  const apply = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '').trim() || undefined;
    const time = (name: string) => {
      const value = text(name);
      return value && new Date(value).toISOString();
    };
    setFilter({ patient_id: text('patient_id'), who: text('who'), from: time('from'), to: time('to') });
  };
  return (
    <main className="page">
      <h1>Audit log</h1>
      <form key={JSON.stringify(filter)} className="admin-filter" onSubmit={apply}>
        <label>
          Patient
          <input name="patient_id" placeholder="P-1001" defaultValue={filter.patient_id} />
        </label>
        <label>
          Person or key
          <input name="who" placeholder="Id, or key:…" defaultValue={filter.who} />
        </label>
        <label>
          From
          <input name="from" type="datetime-local" defaultValue={localMoment(filter.from)} />
        </label>
        <label>
          To
          <input name="to" type="datetime-local" defaultValue={localMoment(filter.to)} />
        </label>
        <div className="admin-actions">
          <button type="submit" className="button primary">
            Show
          </button>
          <button type="button" className="button" onClick={() => setFilter({})} disabled={!isFiltered}>
            Clear
          </button>
        </div>
      </form>
      <QueryStatus what="log" answer={log} />
      {log.isSuccess && events.length === 0 && !log.hasNextPage && (
        <Message title="Nothing found">No event fits the filter.</Message>
      )}
      {events.length > 0 && <EventTable events={events} onWho={(who) => setFilter({ ...filter, who })} />}
      {log.hasNextPage && (
        <button
          type="button"
          className="button"
          onClick={() => log.fetchNextPage()}
          disabled={log.isFetchingNextPage}
        >
          {log.isFetchingNextPage ? 'Loading …' : 'Older events'}
        </button>
      )}
    </main>
  );
}

/** The rows of the log. A person's id is a link to all events of this person. */
function EventTable({ events, onWho }: { events: AuditEvent[]; onWho: (who: string) => void }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by keyboard, too
    <section className="admin-table" tabIndex={0} aria-label="Events">
      <table>
        <thead>
          <tr>
            <th>When</th>
            <th>Who</th>
            <th>What</th>
            <th>Patient</th>
            <th>Outcome</th>
            <th>Address</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={event.id}>
              <td data-label="When">{formatMoment(event.at)}</td>
              <td data-label="Who" className="wide">
                <span>
                  {event.role} <Who id={event.who} onWho={onWho} />
                </span>
              </td>
              <td data-label="What" title={`${event.method} ${event.path}`}>
                {event.action}
                {event.has_reads && <Reads id={event.id} />}
                {event.reason && <q className="quiet">{event.reason}</q>}
              </td>
              <td data-label="Patient" className="wide">
                {event.patient_ids.join(', ')}
              </td>
              <td data-label="Outcome">
                <span
                  className={event.outcome === 'success' ? '' : 'bad'}
                  title={event.outcome === 'opened' ? 'Its end is not in the log' : undefined}
                >
                  {event.outcome} {event.status > 0 && <span className="quiet">{event.status}</span>}
                </span>
              </td>
              <td data-label="Address">{event.address}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What an event of a series covers, read when it is opened. */
function Reads({ id }: { id: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const answer = useQuery({
    queryKey: ['audit', 'event', id],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/audit/{id}', { params: { path: { id } }, signal })),
    enabled: isOpen,
    refetchOnWindowFocus: false,
  });
  return (
    <details onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>of a series</summary>
      <QueryStatus what="event" answer={answer} />
      <ul className="admin-reads">
        {answer.data?.things.map((thing) => (
          <li key={thing}>{thing}</li>
        ))}
        {answer.data?.reads.map((read) => (
          <li key={read}>{read}</li>
        ))}
        {answer.data?.has_more_reads && <li>and more</li>}
      </ul>
    </details>
  );
}

/** The user who was signed in, or nobody. */
function Who({ id, onWho }: { id: string | null; onWho: (who: string) => void }) {
  if (id === null) return null;
  return (
    <button type="button" className="admin-who" onClick={() => onWho(id)} title="Show what they did">
      {id}
    </button>
  );
}

/** Formats a time for an input of type `datetime-local`: local time, to the minute. */
function localMoment(iso: string | undefined): string | undefined {
  if (iso === undefined) return undefined;
  const moment = new Date(iso);
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
