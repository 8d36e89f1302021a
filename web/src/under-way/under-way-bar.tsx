import { ChevronDown, ChevronUp, Pause, Play, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { DownloadRows, describeZip, useZipDownloads } from '../downloads/download-rows.tsx';
import { IconButton } from '../parts/icon-button.tsx';
import { UploadList } from '../uploads/upload-list.tsx';
import { isBad } from '../uploads/upload-rows.ts';
import { useUploads } from '../uploads/uploads-provider.tsx';
import './under-way-bar.css';
import { text } from '../messages/text.ts';

/** What is being uploaded and downloaded, on all pages. Renders nothing while there is nothing. */
export function UnderWayBar() {
  const { queue, items: all } = useUploads();
  const zips = useZipDownloads();
  const [choice, setChoice] = useState<boolean>();
  const items = all.filter(({ isCleared }) => !isCleared);
  if (items.length === 0 && zips.length === 0) {
    // The next uploads are shown as they need to be.
    if (choice !== undefined) setChoice(undefined);
    return null;
  }
  const counted = items.filter(({ state }) => state !== 'refused');
  const bad = items.filter(isBad).length + zips.filter(({ state }) => state !== 'making').length;
  const isOpen = choice ?? bad > 0;
  return (
    <section className="under-way" aria-label={text('under-way.title')}>
      {isOpen && (
        <div className="under-way-list">
          <UploadList items={items} />
          {zips.length > 0 && <DownloadRows zips={zips} />}
        </div>
      )}
      <div className="under-way-bar">
        {counted.length > 0 && <UploadSum items={counted} />}
        {zips.length > 0 && (
          <span className="under-way-zip" role="status">
            {zips.length === 1 && zips[0]
              ? describeZip(zips[0])
              : text('under-way.zips', { count: zips.length })}
          </span>
        )}
        {bad > 0 && <span className="under-way-bad">{text('under-way.to-look-at', { count: bad })}</span>}
        {items.some(({ state }) => state === 'failed') && (
          <IconButton
            icon={RotateCcw}
            size={16}
            onClick={() => queue.retry()}
            label={text('under-way.retry')}
            title={text('under-way.retry')}
          />
        )}
        <IconButton
          icon={isOpen ? ChevronDown : ChevronUp}
          size={18}
          aria-expanded={isOpen}
          onClick={() => setChoice(!isOpen)}
          label={isOpen ? text('under-way.hide') : text('under-way.show')}
          title={isOpen ? text('under-way.hide') : text('under-way.show')}
        />
      </div>
    </section>
  );
}

/** How many of the files are stored, and how far the bytes of all are. */
function UploadSum({ items }: { items: ReturnType<typeof useUploads>['items'] }) {
  const { queue } = useUploads();
  const bytes = items.reduce((sum, item) => sum + item.bytes, 0);
  const sent = items.reduce((sum, item) => sum + item.sent, 0);
  const stored = items.filter(({ state }) => state === 'stored').length;
  const isBusy = items.some(({ state }) => ['waiting', 'sending', 'checking'].includes(state));
  const isSending = items.some(({ state }) => state === 'waiting' || state === 'sending');
  return (
    <>
      <span role="status">
        {text('under-way.stored', { stored, count: items.length })}
        {queue.isPaused && isBusy && ` · ${text('under-way.paused')}`}
      </span>
      <progress max={bytes || 1} value={sent} aria-label={text('under-way.progress')} />
      {isSending && (
        <IconButton
          icon={queue.isPaused ? Play : Pause}
          size={16}
          onClick={() => queue.setPaused(!queue.isPaused)}
          label={queue.isPaused ? text('under-way.resume') : text('under-way.pause')}
          title={queue.isPaused ? text('under-way.resume') : text('under-way.pause')}
        />
      )}
      {queue.mustStay && isBusy && (
        <span className="under-way-bad" role="status">
          {text('under-way.leave-open')}
        </span>
      )}
    </>
  );
}
