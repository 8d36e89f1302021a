import { X } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { text } from '../messages/text.ts';
import { formatBytes } from '../parts/format.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { RetryButton } from '../parts/retry-button.tsx';
import { useDownloads } from './downloads-provider.tsx';
import type { ZipDownload } from './zip-downloads.ts';

/** The ZIPs that are being made, have failed, or are several to be downloaded. */
export function useZipDownloads(): readonly ZipDownload[] {
  const downloads = useDownloads();
  return useSyncExternalStore(downloads.subscribe, downloads.shown);
}

/** A ZIP in words: its progress, or why there is none. */
export function describeZip({ batch, state, progress, reason, archives = [] }: ZipDownload): string {
  const { name } = batch;
  if (state === 'failed') return text('downloads.failed', { name, reason });
  if (state === 'several') return text('downloads.too-many', { count: archives.length });
  if (progress === undefined) return text('downloads.making', { name });
  return text('downloads.making-progress', { name, percent: Math.floor(progress * 100) });
}

/** One line for each ZIP. */
export function DownloadRows({ zips }: { zips: readonly ZipDownload[] }) {
  const downloads = useDownloads();
  return (
    <ul className="download-rows">
      {zips.map((zip) => (
        <li key={zip.id} className={zip.state === 'failed' ? 'failed' : ''}>
          <span className="upload-name" role={zip.state === 'failed' ? 'alert' : undefined}>
            {describeZip(zip)}
          </span>
          {zip.state === 'failed' && <RetryButton onRetry={() => downloads.retry(zip.id)} />}
          <IconButton
            icon={X}
            size={14}
            onClick={() => downloads.remove(zip.id)}
            label={text('downloads.forget', { name: zip.batch.name })}
          />
          {zip.archives && (
            <ul className="zip-archives">
              {zip.archives.map(({ file_name, bytes, url }) => (
                <li key={file_name}>
                  <a href={url} download={file_name}>
                    {file_name}
                  </a>{' '}
                  {formatBytes(bytes)}
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}
