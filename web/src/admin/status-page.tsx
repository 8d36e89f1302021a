import { useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, CircleHelp } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { api, bodyOf } from '../api/client.ts';
import type { Status } from '../api/types.ts';
import { count, formatBytes, formatTime } from '../parts/format.ts';
import { QueryStatus } from '../parts/query-status.tsx';
import './admin.css';

const EVERY_MS = 15_000;

/** The state of the service for admins: what is stored, what waits, and what the scheduled checks have found. */
export function StatusPage() {
  const answer = useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/status', { signal })),
    refetchInterval: EVERY_MS,
  });
  useEffect(() => {
    document.title = 'Status · Negatoscope';
  }, []);
  return (
    <main className="page">
      <h1>Status</h1>
      <QueryStatus what="status" answer={answer} />
      {answer.data && <Cards status={answer.data} />}
    </main>
  );
}

function Cards({ status: { stored, queues, reconciliation, auditVerification } }: { status: Status }) {
  const deadLetters = queues.reduce((sum, queue) => sum + queue.deadLetters, 0);
  const waiting = queues.reduce((sum, queue) => sum + queue.messages, 0);
  return (
    <>
      <div className="status-cards">
        <Card title="Stored" state={stored ? 'good' : 'unknown'}>
          {stored ? (
            <>
              <b>{formatStored(stored.bytes)}</b>
              <span>
                {count(stored.files, 'file')}, counted {formatTime(stored.at)}
              </span>
            </>
          ) : (
            <span>Counted by the next complete reconciliation.</span>
          )}
        </Card>
        <Card title="Queues" state={deadLetters === 0 ? 'good' : 'bad'}>
          <b>{deadLetters === 0 ? 'Nothing was given up' : `${count(deadLetters, 'message')} given up`}</b>
          <span>{count(waiting, 'message')} waiting or being processed</span>
        </Card>
        <Card
          title="Reconciliation"
          state={reconciliation ? (reconciliation.unrepaired === 0 ? 'good' : 'bad') : 'unknown'}
        >
          {reconciliation ? (
            <>
              <b>
                {reconciliation.unrepaired === 0
                  ? 'Everything agrees'
                  : `${count(reconciliation.unrepaired, 'finding')} not repaired`}
              </b>
              <span>
                {formatTime(reconciliation.endedAt)}, {reconciliation.found - reconciliation.unrepaired}{' '}
                repaired
              </span>
            </>
          ) : (
            <span>It has not run yet.</span>
          )}
        </Card>
        <Card
          title="Audit log"
          state={auditVerification ? (auditVerification.faults === 0 ? 'good' : 'bad') : 'unknown'}
        >
          {auditVerification ? (
            <>
              <b>
                {auditVerification.faults === 0
                  ? 'Nobody changed it'
                  : `${count(auditVerification.faults, 'fault')} found`}
              </b>
              <span>
                verified {formatTime(auditVerification.endedAt)},{' '}
                {auditVerification.verifiedLinks.toLocaleString()} of {count(auditVerification.links, 'link')}
              </span>
            </>
          ) : (
            <span>It has not been verified yet.</span>
          )}
        </Card>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by keyboard, too */}
      <section className="admin-table" tabIndex={0} aria-label="Queues">
        <table>
          <thead>
            <tr>
              <th>Function</th>
              <th>Waiting</th>
              <th>Given up</th>
            </tr>
          </thead>
          <tbody>
            {queues.map(({ id, messages, deadLetters: given }) => (
              <tr key={id}>
                <td data-label="Function">{id}</td>
                <td data-label="Waiting">{messages.toLocaleString()}</td>
                <td data-label="Given up">
                  <span className={given > 0 ? 'bad' : ''}>{given.toLocaleString()}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className="quiet">
        What was given up is sent again by <code>npm run negatoscope -- redrive</code>; the runbook says what
        to do first.
      </p>
    </>
  );
}

const ICONS = { good: CircleCheck, bad: CircleAlert, unknown: CircleHelp } as const;

interface CardProps {
  title: string;
  state: keyof typeof ICONS;
  children: ReactNode;
}

function Card({ title, state, children }: CardProps) {
  const Icon = ICONS[state];
  return (
    <section className={`card status-card ${state}`}>
      <h2>
        <Icon size={18} aria-hidden /> {title}
      </h2>
      {children}
    </section>
  );
}

const formatStored = (bytes: number): string =>
  bytes < 1_000_000_000 ? formatBytes(bytes) : `${(bytes / 1_000_000_000).toFixed(1)} GB`;
