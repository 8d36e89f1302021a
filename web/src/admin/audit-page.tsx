import { useInfiniteQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { explain } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import { formatTime } from '../parts/format.ts';
import { Message } from '../parts/message.tsx';
import { Spinner } from '../parts/spinner.tsx';
import './admin.css';

interface Filter {
  patient_id?: string;
  who?: string;
  from?: string;
  to?: string;
}

/** Who saw or changed what, newest first. */
export function AuditPage() {
  const [filter, setFilter] = useState<Filter>({});
  const log = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam: cursor, signal }) =>
      bodyOf(api.GET('/api/audit', { params: { query: { ...filter, cursor } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    // A log is read when somebody asks for it: reading it is in it, too.
    refetchOnWindowFocus: false,
  });
  const events = log.data?.pages.flatMap((page) => page.events) ?? [];
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
      <form className="admin-filter" onSubmit={apply}>
        <label>
          Patient
          <input name="patient_id" placeholder="P-1001" />
        </label>
        <label>
          Person or key
          <input name="who" placeholder="Id, or key:…" />
        </label>
        <label>
          From
          <input name="from" type="datetime-local" />
        </label>
        <label>
          To
          <input name="to" type="datetime-local" />
        </label>
        <button type="submit" className="button primary">
          Show
        </button>
      </form>
      {log.isPending && <Spinner label="Loading the log" />}
      {log.isError && (
        <Message title="The log cannot be shown" tone="bad">
          {explain(log.error)}
        </Message>
      )}
      {log.isSuccess && events.length === 0 && <Message title="Nothing was done">No event fits.</Message>}
      {events.length > 0 && (
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
                <th>From</th>
              </tr>
            </thead>
            <tbody>
              {events.map((event) => (
                <tr key={event.id}>
                  <td>{formatTime(event.at)}</td>
                  <td>
                    {event.role} <span className="quiet">{event.who}</span>
                  </td>
                  <td title={`${event.method} ${event.path}`}>{event.action}</td>
                  <td>{event.patient_ids.join(', ')}</td>
                  <td className={event.outcome === 'success' ? '' : 'bad'}>
                    {event.outcome} {event.status > 0 && <span className="quiet">{event.status}</span>}
                  </td>
                  <td className="quiet">{event.address}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {log.hasNextPage && (
        <button
          type="button"
          className="button"
          onClick={() => log.fetchNextPage()}
          disabled={log.isFetchingNextPage}
        >
          Older events
        </button>
      )}
    </main>
  );
}
