import type { ExportArchive } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { formatBytes } from '../parts/format.ts';

interface ZipArchivesProps {
  progress: string | undefined;
  archives: readonly ExportArchive[];
}

/** The progress of a ZIP, and links to its archives if it is several. */
export function ZipArchives({ progress, archives }: ZipArchivesProps) {
  if (progress === undefined && archives.length === 0) return null;
  return (
    <div className="zip-archives quiet" role="status">
      {progress ?? text('archive.several-zips', { count: archives.length })}
      {progress === undefined && (
        <ul>
          {archives.map(({ file_name, bytes, url }) => (
            <li key={file_name}>
              <a href={url} download={file_name}>
                {file_name}
              </a>{' '}
              {formatBytes(bytes)}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
