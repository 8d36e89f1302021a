import { CircleAlert, Clock, UserX } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { Link } from 'wouter';
import { useAddress } from '../links/address.ts';
import { LOCALE } from '../messages/language.ts';
import { richText } from '../messages/rich-text.tsx';
import { text } from '../messages/text.ts';
import { formatLocalDay } from '../parts/format.ts';
import { Message } from '../parts/message.tsx';
import { QueryStatus } from '../parts/query-status.tsx';
import { seenTimes } from '../search/seen.ts';
import { useSession } from '../session/session-provider.tsx';
import { HowToBegin } from './how-to-begin.tsx';
import { clinicDay, modalityText, type TodayRow, useToday } from './today.ts';
import './today-list.css';

const STATES = ['pending', 'refused', 'unassigned', 'ready'] as const;
type State = (typeof STATES)[number];

/** The uploads and studies of today, the last one first, with filters that are in the address. */
export function TodayList() {
  const { person } = useSession();
  const [address, set] = useAddress(['modality', 'state', 'mine', 'unseen']);
  const day = clinicDay(new Date());
  const { uploads, studies, rows, isWhole } = useToday(day);
  const seen = useSeen(person.subject, rows);
  const filter = {
    modality: address.modality ?? '',
    state: address.state ?? '',
    isMine: address.mine !== undefined,
    isUnseen: address.unseen !== undefined,
  };
  const clear = () => set({ modality: undefined, state: undefined, mine: undefined, unseen: undefined });
  const modalities = [...new Set([...rows.map(({ modality }) => modality), filter.modality])]
    .filter(Boolean)
    .sort((one, other) => modalityText(one).localeCompare(modalityText(other), LOCALE));
  const listed = rows.filter(
    (row) =>
      (filter.modality === '' || row.modality === filter.modality) &&
      (filter.state === '' || stateOf(row) === filter.state) &&
      (!filter.isMine || row.isMine) &&
      (!filter.isUnseen || !seen.has(row.key)),
  );
  const isLoaded = uploads.isSuccess && studies.isSuccess;
  return (
    <section className="card today" aria-labelledby="today">
      <div className="today-head">
        <h2 id="today">
          {richText('today.title', {
            day: formatLocalDay(day),
            quiet: (content) => <span className="quiet">{content}</span>,
          })}
        </h2>
        <search className="today-filters" aria-label={text('today.filter')}>
          <select
            aria-label={text('today.modality')}
            value={filter.modality}
            onChange={({ target }) => set({ modality: target.value })}
          >
            <option value="">{text('today.everything')}</option>
            {modalities.map((modality) => (
              <option key={modality} value={modality}>
                {modalityText(modality)}
              </option>
            ))}
          </select>
          <select
            aria-label={text('today.state')}
            value={filter.state}
            onChange={({ target }) => set({ state: target.value })}
          >
            <option value="">{text('today.any-state')}</option>
            {STATES.map((state) => (
              <option key={state} value={state}>
                {text(`today-state.${state}`)}
              </option>
            ))}
          </select>
          <Toggle
            label={text('today.mine')}
            isOn={filter.isMine}
            onToggle={(on) => set({ mine: on ? '1' : undefined })}
          />
          <Toggle
            label={text('today.unseen')}
            isOn={filter.isUnseen}
            onToggle={(on) => set({ unseen: on ? '1' : undefined })}
          />
        </search>
      </div>
      <QueryStatus what="uploads" answer={uploads} />
      {studies.isError && <QueryStatus what="studies" answer={studies} />}
      {isLoaded && rows.length === 0 && <HowToBegin />}
      {isLoaded && rows.length > 0 && listed.length === 0 && (
        <Message title={text('today.nothing-fits')}>
          <button type="button" className="button small" onClick={clear}>
            {text('today.show-everything')}
          </button>
        </Message>
      )}
      <ul className="today-rows" aria-label={text('today.rows')}>
        {listed.map((row) => (
          <li key={row.key}>
            <Row row={row} isSeen={seen.has(row.key)} />
          </li>
        ))}
      </ul>
      {!isWhole && <p className="quiet">{text('today.only-thousand')}</p>}
    </section>
  );
}

function Row({ row, isSeen }: { row: TodayRow; isSeen: boolean }) {
  const { path, time, what, patientId, patientName, birthDate, pending, refused } = row;
  return (
    <Link href={path} className={`today-row ${isSeen ? '' : 'unseen'}`}>
      <span className="today-time">
        {time}
        {!isSeen && <span className="hidden"> {text('today.not-seen')}</span>}
      </span>
      <span className="today-patient">
        <b>
          {patientName ??
            (patientId ? text('banner.patient', { patient: patientId }) : text('today.no-name'))}
        </b>
        <span className="quiet">
          {[birthDate && text('banner.born', { day: formatLocalDay(birthDate) }), patientName && patientId]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      <span className="today-what">
        <span className="today-place">{what}</span>
        {pending > 0 && (
          <span className="today-chip">
            <Clock size={14} aria-hidden /> {text('today.being-checked', { count: pending })}
          </span>
        )}
        {refused > 0 && (
          <span className="today-chip bad">
            <CircleAlert size={14} aria-hidden /> {text('today.refused', { count: refused })}
          </span>
        )}
        {patientId === undefined && (
          <span className="today-chip bad">
            <UserX size={14} aria-hidden /> {text('today.without-patient')}
          </span>
        )}
      </span>
    </Link>
  );
}

interface ToggleProps {
  label: string;
  isOn: boolean;
  onToggle: (isOn: boolean) => void;
}

const Toggle = ({ label, isOn, onToggle }: ToggleProps) => (
  <button type="button" className="today-toggle" aria-pressed={isOn} onClick={() => onToggle(!isOn)}>
    {label}
  </button>
);

function stateOf({ patientId, pending, refused }: TodayRow): State {
  if (patientId === undefined) return 'unassigned';
  if (pending > 0) return 'pending';
  return refused > 0 ? 'refused' : 'ready';
}

/** The keys of the rows that the person has viewed since they were changed. */
function useSeen(subject: string, rows: readonly TodayRow[]): ReadonlySet<string> {
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const listed = useMemo(
    () => JSON.stringify(rows.map(({ key, seenBy, changedAt }) => [key, seenBy, changedAt])),
    [rows],
  );
  useEffect(() => {
    let isCurrent = true;
    const asked: [key: string, seenBy: string, changedAt: number][] = JSON.parse(listed);
    void seenTimes(
      subject,
      asked.map(([, seenBy]) => seenBy),
    ).then((times) => {
      if (!isCurrent) return;
      const isSeen = ([, seenBy, changedAt]: (typeof asked)[number]) =>
        (times.get(seenBy) ?? -1) >= changedAt;
      setSeen(new Set(asked.filter(isSeen).map(([key]) => key)));
    });
    return () => {
      isCurrent = false;
    };
  }, [subject, listed]);
  return seen;
}
