import { useQuery } from '@tanstack/react-query';
import { Fragment, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import type { AuditEvent } from '../api/types.ts';
import { LOCALE } from '../messages/language.ts';
import { text } from '../messages/text.ts';
import { formatDay, formatMoment } from '../parts/format.ts';
import { QueryStatus } from '../parts/query-status.tsx';
import { type EventGroup, extentOf, sentenceOf } from './audit-sentences.ts';

interface EventGroupTableProps {
  groups: readonly EventGroup[];
  onWho: (who: string) => void;
  onPatient: (patientId: string) => void;
}

const minute = new Intl.DateTimeFormat(LOCALE, { timeStyle: 'short' });

/** The period of a group, to the minute: `29 Nov 2026, 13:24–13:25`. */
function periodOf({ from, to }: EventGroup): string {
  const [first, last] = [new Date(from), new Date(to)];
  const [begin, end] = [minute.format(first), minute.format(last)];
  const days = [formatDay(first), formatDay(last)];
  if (days[0] !== days[1]) return `${days[0]}, ${begin} – ${days[1]}, ${end}`;
  return `${days[0]}, ${begin === end ? begin : `${begin}–${end}`}`;
}

/** The audit log in sentences. The name of a person leads to what else they did, a patient to who else saw them. */
export const EventGroupTable = ({ groups, onWho, onPatient }: EventGroupTableProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by keyboard, too
  <section className="admin-table audit-table" tabIndex={0} aria-label={text('audit.events')}>
    <table>
      <thead>
        <tr>
          <th>{text('audit.when')}</th>
          <th>{text('audit.what-happened')}</th>
          <th>{text('audit.patient')}</th>
          <th>{text('audit.outcome')}</th>
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <EventGroupRow key={group.id} group={group} onWho={onWho} onPatient={onPatient} />
        ))}
      </tbody>
    </table>
  </section>
);

function EventGroupRow({
  group,
  onWho,
  onPatient,
}: { group: EventGroup } & Omit<EventGroupTableProps, 'groups'>) {
  const { who, name, role, patientIds, outcome, events } = group;
  const extent = extentOf(group);
  const [newest] = events;
  return (
    <tr>
      <td data-label={text('audit.when')} title={formatMoment(group.to)}>
        {periodOf(group)}
      </td>
      <td data-label={text('audit.what-happened')} className="wide">
        <span>
          {who === null ? (
            <b>{name}</b>
          ) : (
            <button
              type="button"
              className="admin-who"
              onClick={() => onWho(who)}
              title={text('audit.what-did-id', { name, id: who })}
            >
              <b>{name}</b>
            </button>
          )}{' '}
          {role && role !== 'system' && role !== 'link' && (
            <span className="quiet">({text(`role.${role}`)}) </span>
          )}
          {sentenceOf(group)}
          {extent && <span className="quiet">, {extent}</span>}
          {newest?.reason && <q className="quiet">{newest.reason}</q>}
        </span>
        <Details events={events} />
      </td>
      <td data-label={text('audit.patient')} className="wide">
        {patientIds.slice(0, 3).map((patientId, index) => (
          <Fragment key={patientId}>
            {index > 0 && ', '}
            <button
              type="button"
              className="admin-who"
              onClick={() => onPatient(patientId)}
              title={text('audit.who-saw', { patient: patientId })}
            >
              {patientId}
            </button>
          </Fragment>
        ))}
        {patientIds.length > 3 && (
          <span className="quiet">{text('audit.and-more', { count: patientIds.length - 3 })}</span>
        )}
      </td>
      <td data-label={text('audit.outcome')}>
        <span
          className={outcome === 'success' ? '' : 'bad'}
          title={outcome === 'opened' ? text('audit.no-end') : undefined}
        >
          {text(`audit-outcome.${outcome}`)}{' '}
          {newest && newest.status > 0 && <span className="quiet">{newest.status}</span>}
        </span>
      </td>
    </tr>
  );
}

/** The events of a group as they are in the log, drawn when they are opened. */
function Details({ events }: { events: readonly AuditEvent[] }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="audit-details" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        {events.length === 1 ? text('audit.details') : text('audit.event-count', { count: events.length })}
      </summary>
      {isOpen && (
        <ul className="admin-reads">
          {events.map((event) => (
            <li key={event.id}>
              {formatMoment(event.at)} · <code>{event.action}</code> {event.method} {event.path}
              {event.address && ` · ${text('audit.from-address', { address: event.address })}`}
              {event.has_reads ? (
                <Reads id={event.id} />
              ) : (
                event.things.map((thing) => <div key={thing}>{thing}</div>)
              )}
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}

/** What an event of a series covers. */
function Reads({ id }: { id: string }) {
  const answer = useQuery({
    queryKey: ['audit', 'event', id],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/audit/{id}', { params: { path: { id } }, signal })),
    refetchOnWindowFocus: false,
  });
  return (
    <>
      <QueryStatus what="event" answer={answer} />
      {[...(answer.data?.things ?? []), ...(answer.data?.reads ?? [])].map((read) => (
        <div key={read}>{read}</div>
      ))}
      {answer.data?.has_more_reads && <div>{text('audit.and-others')}</div>}
    </>
  );
}
