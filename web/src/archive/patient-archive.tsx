import { Download } from 'lucide-react';
import { useState } from 'react';
import { explain } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { ExportArchive } from '../api/types.ts';
import { finishedExport } from '../downloads/finished-export.ts';
import { text } from '../messages/text.ts';
import { saveFile } from '../parts/save-file.ts';
import { ZipArchives } from './zip-archives.tsx';

/** Downloads everything that is stored of a patient. */
export function PatientArchive({ patientId }: { patientId: string }) {
  const [progress, setProgress] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [archives, setArchives] = useState<readonly ExportArchive[]>([]);
  const download = async () => {
    setBusy(true);
    setArchives([]);
    setProgress(text('archive.collecting'));
    try {
      const { id } = await bodyOf(
        api.POST('/api/patients/{id}/exports', { params: { path: { id: patientId } }, body: {} }),
      );
      const made = await finishedExport(id, (part) =>
        setProgress(text('archive.collecting-part', { percent: Math.floor(part * 100) })),
      );
      const [only, ...others] = made;
      if (only && others.length === 0) saveFile(only.url);
      else setArchives(made);
      setProgress(undefined);
    } catch (error) {
      setProgress(text('archive.not-collected', { failure: explain(error) }));
    }
    setBusy(false);
  };
  return (
    <>
      <button
        type="button"
        className="button small"
        onClick={download}
        disabled={isBusy}
        title={text('archive.download-title')}
      >
        <Download size={16} aria-hidden /> {text('archive.download')}
      </button>
      <ZipArchives progress={progress} archives={archives} />
    </>
  );
}
