import type { ExportArchive } from '../api/types.ts';
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
      {progress ?? `The files are too many for one ZIP. Download all ${archives.length} within 10 minutes:`}
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
