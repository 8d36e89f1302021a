import { useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, CircleHelp } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { api, bodyOf } from '../api/client.ts';
import type { Status } from '../api/types.ts';
import { LOCALE } from '../messages/language.ts';
import { richText } from '../messages/rich-text.tsx';
import { text } from '../messages/text.ts';
import { formatBytes, formatNumber, formatTime } from '../parts/format.ts';
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
    document.title = text('status.title');
  }, []);
  return (
    <main className="page">
      <h1>{text('top-bar.status')}</h1>
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
        <Card title={text('status.stored')} state={stored ? 'good' : 'unknown'}>
          {stored ? (
            <>
              <b>{formatStored(stored.bytes)}</b>
              <span>{text('status.files-counted', { files: stored.files, at: formatTime(stored.at) })}</span>
            </>
          ) : (
            <span>{text('status.counted-next')}</span>
          )}
        </Card>
        <Card title={text('status.queues')} state={deadLetters === 0 ? 'good' : 'bad'}>
          <b>
            {deadLetters === 0
              ? text('status.nothing-given-up')
              : text('status.messages-given-up', { count: deadLetters })}
          </b>
          <span>{text('status.messages-waiting', { count: waiting })}</span>
        </Card>
        <Card
          title={text('status.reconciliation')}
          state={reconciliation ? (reconciliation.unrepaired === 0 ? 'good' : 'bad') : 'unknown'}
        >
          {reconciliation ? (
            <>
              <b>
                {reconciliation.unrepaired === 0
                  ? text('status.agrees')
                  : text('status.not-repaired', { count: reconciliation.unrepaired })}
              </b>
              <span>
                {text('status.repaired', {
                  at: formatTime(reconciliation.endedAt),
                  count: reconciliation.found - reconciliation.unrepaired,
                })}
              </span>
            </>
          ) : (
            <span>{text('status.not-run')}</span>
          )}
        </Card>
        <Card
          title={text('top-bar.audit')}
          state={auditVerification ? (auditVerification.faults === 0 ? 'good' : 'bad') : 'unknown'}
        >
          {auditVerification ? (
            <>
              <b>
                {auditVerification.faults === 0
                  ? text('status.unchanged')
                  : text('status.faults', { count: auditVerification.faults })}
              </b>
              <span>
                {text('status.verified', {
                  at: formatTime(auditVerification.endedAt),
                  verified: auditVerification.verifiedLinks,
                  links: auditVerification.links,
                })}
              </span>
            </>
          ) : (
            <span>{text('status.not-verified')}</span>
          )}
        </Card>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by keyboard, too */}
      <section className="admin-table" tabIndex={0} aria-label={text('status.queues')}>
        <table>
          <thead>
            <tr>
              <th>{text('status.function')}</th>
              <th>{text('status.waiting')}</th>
              <th>{text('status.given-up')}</th>
            </tr>
          </thead>
          <tbody>
            {queues.map(({ id, messages, deadLetters: given }) => (
              <tr key={id}>
                <td data-label={text('status.function')}>{id}</td>
                <td data-label={text('status.waiting')}>{formatNumber(messages)}</td>
                <td data-label={text('status.given-up')}>
                  <span className={given > 0 ? 'bad' : ''}>{formatNumber(given)}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className="quiet">{richText('status.redrive', { code: (content) => <code>{content}</code> })}</p>
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
  bytes < 1_000_000_000 ? formatBytes(bytes) : gigabytes.format(bytes / 1_000_000_000);
const gigabytes = new Intl.NumberFormat(LOCALE, {
  style: 'unit',
  unit: 'gigabyte',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
