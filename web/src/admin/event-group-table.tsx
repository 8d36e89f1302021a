import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import type { AuditEvent } from '../api/types.ts';
import { formatDay, formatMoment } from '../parts/format.ts';
import { QueryStatus } from '../parts/query-status.tsx';
import { type EventGroup, extentOf } from './audit-sentences.ts';

interface EventGroupTableProps {
  groups: readonly EventGroup[];
  onWho: (who: string) => void;
  onPatient: (patientId: string) => void;
}

const minute = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });

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
  <section className="admin-table audit-table" tabIndex={0} aria-label="Events">
    <table>
      <thead>
        <tr>
          <th>When</th>
          <th>What happened</th>
          <th>Patient</th>
          <th>Outcome</th>
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
  const { who, name, role, verb, thing, patientIds, outcome, events } = group;
  const [newest] = events;
  return (
    <tr>
      <td data-label="When" title={formatMoment(group.to)}>
        {periodOf(group)}
      </td>
      <td data-label="What happened" className="wide">
        <span>
          {who === null ? (
            <b>{name}</b>
          ) : (
            <button
              type="button"
              className="admin-who"
              onClick={() => onWho(who)}
              title={`What ${name} did (${who})`}
            >
              <b>{name}</b>
            </button>
          )}{' '}
          {role && role !== 'system' && role !== 'link' && <span className="quiet">({role}) </span>}
          {[verb, thing].filter(Boolean).join(' ')}
          {extentOf(group) && <span className="quiet">, {extentOf(group)}</span>}
          {newest?.reason && <q className="quiet">{newest.reason}</q>}
        </span>
        <Details events={events} />
      </td>
      <td data-label="Patient" className="wide">
        {patientIds.slice(0, 3).map((patientId) => (
          <button
            key={patientId}
            type="button"
            className="admin-who"
            onClick={() => onPatient(patientId)}
            title={`Who saw patient ${patientId}`}
          >
            {patientId}
          </button>
        ))}
        {patientIds.length > 3 && <span className="quiet">and {patientIds.length - 3} more</span>}
      </td>
      <td data-label="Outcome">
        <span
          className={outcome === 'success' ? '' : 'bad'}
          title={outcome === 'opened' ? 'Its end is not in the log' : undefined}
        >
          {outcome} {newest && newest.status > 0 && <span className="quiet">{newest.status}</span>}
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
      <summary>{events.length === 1 ? 'Details' : `${events.length} events`}</summary>
      {isOpen && (
        <ul className="admin-reads">
          {events.map((event) => (
            <li key={event.id}>
              {formatMoment(event.at)} · <code>{event.action}</code> {event.method} {event.path}
              {event.address && ` · from ${event.address}`}
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
      {answer.data?.has_more_reads && <div>and more</div>}
    </>
  );
}
