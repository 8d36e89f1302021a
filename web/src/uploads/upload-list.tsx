import { Check, CircleAlert, Pause, Play, RotateCcw, X } from 'lucide-react';
import { count, formatBytes } from '../parts/format.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { PatientLine } from '../patient-banner/patient-line.tsx';
import type { UploadItem } from './upload-record.ts';
import { isBad, rowsOf } from './upload-rows.ts';
import { useUploads } from './uploads-provider.tsx';
import './upload-list.css';

interface UploadListProps {
  targetId: string;
  /** Whose images are uploaded; undefined while that is not known. */
  patientId: string | undefined;
}

/** The uploads to one target: a progress bar for all of them, and one for each. */
export function UploadList({ targetId, patientId }: UploadListProps) {
  const { queue, items: all } = useUploads();
  const items = all.filter(({ target }) => target.id === targetId);
  if (items.length === 0) return null;

  const counted = items.filter(({ state }) => state !== 'refused');
  const bytes = counted.reduce((sum, item) => sum + item.bytes, 0);
  const sent = counted.reduce((sum, item) => sum + item.sent, 0);
  const stored = counted.filter(({ state }) => state === 'stored').length;
  const isBusy = counted.some(({ state }) => state === 'waiting' || state === 'sending');
  const { bad, others, more } = rowsOf(items);
  const cancel = (id: string) => queue.cancel(id);
  return (
    <section className="upload-list" aria-label="Uploads">
      {patientId && <PatientLine patientId={patientId} />}
      {counted.length > 0 && (
        <div className="upload-sum">
          <span role="status">
            {stored} of {count(counted.length, 'file')} stored
            {queue.isPaused && isBusy ? ' · paused' : ''}
          </span>
          <progress max={bytes || 1} value={sent} aria-label="All uploads" />
          {isBusy && (
            <IconButton
              icon={queue.isPaused ? Play : Pause}
              size={16}
              onClick={() => queue.setPaused(!queue.isPaused)}
              label={queue.isPaused ? 'Go on uploading' : 'Pause uploads'}
            />
          )}
          {items.some(({ state }) => state === 'failed') && (
            <IconButton icon={RotateCcw} size={16} onClick={() => queue.retry()} label="Try again" />
          )}
        </div>
      )}
      {queue.mustStay && isBusy && (
        <p className="upload-stay" role="status">
          This browser has no room to keep all files. Leave the page open until they are stored.
        </p>
      )}
      <Lines items={bad} onCancel={cancel} />
      <Lines items={others} onCancel={cancel} />
      {more > 0 && <p className="quiet">and {more} more</p>}
    </section>
  );
}

const Lines = ({ items, onCancel }: { items: UploadItem[]; onCancel: (id: string) => void }) =>
  items.length > 0 && (
    <ul>
      {items.map((item) => (
        <Line key={item.id} item={item} onCancel={() => onCancel(item.id)} />
      ))}
    </ul>
  );

function Line({ item, onCancel }: { item: UploadItem; onCancel: () => void }) {
  const { name, bytes, sent, state, reason } = item;
  return (
    <li className={state}>
      {state === 'stored' && <Check size={16} aria-hidden />}
      {isBad(item) && <CircleAlert size={16} aria-hidden />}
      <span className="upload-name" title={name}>
        {name}
      </span>
      {isBad(item) ? (
        <span className="upload-reason" role="alert">
          {reason}
        </span>
      ) : (
        <progress max={bytes} value={sent} aria-label={name} title={formatBytes(bytes)} />
      )}
      {state !== 'stored' && <IconButton icon={X} size={14} onClick={onCancel} label={`Remove ${name}`} />}
    </li>
  );
}
