import { Check, CircleAlert, X } from 'lucide-react';
import { Link } from 'wouter';
import { formatBytes } from '../parts/format.ts';
import { IconButton } from '../parts/icon-button.tsx';
import type { UploadItem, UploadTarget } from './upload-record.ts';
import { isBad, rowsOf } from './upload-rows.ts';
import { useUploadQueue } from './uploads-provider.tsx';
import './upload-list.css';
import { text } from '../messages/text.ts';

/** Uploads with a progress bar for each, by the batch, the case or the patient to which they go. */
export function UploadList({ items }: { items: readonly UploadItem[] }) {
  const queue = useUploadQueue();
  const cancel = (id: string) => queue.cancel(id);
  const targets = Map.groupBy(items, ({ target }) => `${target.kind} ${target.id}`);
  return [...targets.values()].map((group) => {
    const { target } = group[0] as UploadItem;
    const { bad, others, more } = rowsOf(group);
    return (
      <section key={`${target.kind} ${target.id}`} className="upload-list" aria-label={text('uploads.list')}>
        <Target target={target} />
        <Lines items={bad} onCancel={cancel} />
        <Lines items={others} onCancel={cancel} />
        {more > 0 && <p className="quiet">{text('uploads.more', { count: more })}</p>}
      </section>
    );
  });
}

/** Where the files go, with a link to it. */
function Target({ target: { kind, id, patientId, title } }: { target: UploadTarget }) {
  const href =
    kind === 'case' ? `/cases/${encodeURIComponent(id)}` : `/patients/${encodeURIComponent(patientId ?? '')}`;
  const parts = [patientId, kind === 'dicom' ? 'DICOM' : (title ?? (kind === 'case' ? id : undefined))];
  if (kind !== 'case' && patientId === undefined) return null;
  return (
    <Link href={href} className="upload-target">
      {parts.filter(Boolean).join(' · ')}
    </Link>
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
      {state !== 'stored' && state !== 'checking' && (
        <IconButton icon={X} size={14} onClick={onCancel} label={text('uploads.remove', { name })} />
      )}
    </li>
  );
}
