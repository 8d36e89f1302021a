import { useInfiniteQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import { explain } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { AuditEvent } from '../api/types.ts';
import { useAddress } from '../links/address.ts';
import { text } from '../messages/text.ts';
import { Failure } from '../parts/failure.tsx';
import { Message } from '../parts/message.tsx';
import { QueryStatus } from '../parts/query-status.tsx';
import { saveBytes } from '../parts/save-file.ts';
import { PatientLine } from '../patient-banner/patient-line.tsx';
import { csvOf } from './audit-csv.ts';
import { groupEvents } from './audit-sentences.ts';
import { EventGroupTable } from './event-group-table.tsx';
import './admin.css';

const FILTER = ['patient_id', 'who', 'from', 'to'] as const;
type Filter = { [Name in (typeof FILTER)[number]]?: string | undefined };

/** Events of one request, and of one file: a table of a spreadsheet takes a million lines. */
const EVENTS_AT_ONCE = 200;
const MOST_IN_FILE = 50_000;

const readEvents = (filter: Filter, cursor: string | undefined, signal?: AbortSignal) =>
  bodyOf(
    api.GET('/api/audit', {
      params: { query: { ...filter, cursor, limit: EVENTS_AT_ONCE } },
      signal: signal ?? null,
    }),
  );

/** The audit log in sentences, the newest first. The filter is in the address. */
export function AuditPage() {
  const [filter, set] = useAddress(FILTER);
  const log = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam: cursor, signal }) => readEvents(filter, cursor, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    // The log is read only on request, because each read is an event of the log, too.
    refetchOnWindowFocus: false,
  });
  useEffect(() => {
    document.title = text('audit.title');
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
    const entered = (name: string) => String(form.get(name) ?? '').trim() || undefined;
    const time = (name: string) => {
      const value = entered(name);
      return value && new Date(value).toISOString();
    };
    set(
      { patient_id: entered('patient_id'), who: entered('who'), from: time('from'), to: time('to') },
      { replace: false },
    );
  };
  const name = events.find(({ who, name }) => who === filter.who && name !== null)?.name;
  return (
    <main className="page audit">
      <div className="admin-head">
        <h1>{text('top-bar.audit')}</h1>
        <CsvButton filter={filter} />
      </div>
      <form key={JSON.stringify(filter)} className="admin-filter" onSubmit={apply}>
        <label>
          {text('audit.patient')}
          {/* biome-ignore lint/a11y/noAutofocus: the question is most often who saw a patient */}
          <input name="patient_id" placeholder="P-1001" defaultValue={filter.patient_id} autoFocus />
        </label>
        <label>
          {text('audit.person-or-key')}
          <input name="who" placeholder={text('audit.id-or-key')} defaultValue={filter.who} />
        </label>
        <label>
          {text('audit.from')}
          <input name="from" type="datetime-local" defaultValue={localMoment(filter.from)} />
        </label>
        <label>
          {text('audit.to')}
          <input name="to" type="datetime-local" defaultValue={localMoment(filter.to)} />
        </label>
        <div className="admin-actions">
          <button type="submit" className="button primary">
            {text('audit.show')}
          </button>
          <button
            type="button"
            className="button"
            onClick={() => set({ patient_id: undefined, who: undefined, from: undefined, to: undefined })}
            disabled={!isFiltered}
          >
            {text('audit.clear')}
          </button>
        </div>
      </form>
      {(filter.patient_id || filter.who) && (
        <div className="audit-about" role="status">
          {filter.patient_id && <PatientLine patientId={filter.patient_id} />}
          {filter.who && <span>{text('audit.what-did', { name: name ?? filter.who })}</span>}
        </div>
      )}
      <QueryStatus what="log" answer={log} />
      {log.isSuccess && events.length === 0 && !log.hasNextPage && (
        <Message title={text('audit.nothing-found')}>{text('audit.no-event-fits')}</Message>
      )}
      {events.length > 0 && (
        <EventGroupTable
          groups={groupEvents(events)}
          onWho={(who) => set({ who }, { replace: false })}
          onPatient={(patientId) => set({ patient_id: patientId }, { replace: false })}
        />
      )}
      {log.hasNextPage && (
        <button
          type="button"
          className="button"
          onClick={() => log.fetchNextPage()}
          disabled={log.isFetchingNextPage}
        >
          {text(log.isFetchingNextPage ? 'audit.loading' : 'audit.older')}
        </button>
      )}
    </main>
  );
}

/** Downloads all events of the filter, one line for each, also those that the page has not loaded. */
function CsvButton({ filter }: { filter: Filter }) {
  const [read, setRead] = useState<number>();
  const [failure, setFailure] = useState<string>();
  const download = async () => {
    const events: AuditEvent[] = [];
    setFailure(undefined);
    setRead(0);
    try {
      let cursor: string | undefined;
      do {
        const page = await readEvents(filter, cursor);
        events.push(...page.events);
        setRead(events.length);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined && events.length < MOST_IN_FILE);
      const bytes = new Blob([csvOf(events)], { type: 'text/csv;charset=utf-8' });
      saveBytes(bytes, `audit-${filter.patient_id ?? 'log'}-${new Date().toISOString().slice(0, 10)}.csv`);
      if (cursor !== undefined) setFailure(text('audit.last-events', { count: events.length }));
    } catch (error) {
      setFailure(text('audit.not-downloaded', { failure: explain(error) }));
    }
    setRead(undefined);
  };
  return (
    <div className="audit-csv">
      <Failure>{failure}</Failure>
      <button
        type="button"
        className="button small"
        onClick={() => void download()}
        disabled={read !== undefined}
      >
        <Download size={16} aria-hidden />
        {read === undefined ? text('audit.download') : text('audit.reading', { count: read })}
      </button>
    </div>
  );
}

/** Formats a time for an input of type `datetime-local`: local time, to the minute. */
function localMoment(iso: string | undefined): string | undefined {
  if (iso === undefined || Number.isNaN(Date.parse(iso))) return undefined;
  const moment = new Date(iso);
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
