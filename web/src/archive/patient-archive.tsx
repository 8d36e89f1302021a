import { Download } from 'lucide-react';
import { useState } from 'react';
import { explain } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { ExportArchive } from '../api/types.ts';
import { finishedExport } from '../downloads/finished-export.ts';
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
    setProgress('Collecting everything …');
    try {
      const { id } = await bodyOf(
        api.POST('/api/patients/{id}/exports', { params: { path: { id: patientId } }, body: {} }),
      );
      const made = await finishedExport(id, (part) =>
        setProgress(`Collecting everything … ${Math.floor(part * 100)} %`),
      );
      const [only, ...others] = made;
      if (only && others.length === 0) saveFile(only.url);
      else setArchives(made);
      setProgress(undefined);
    } catch (error) {
      setProgress(`It could not be collected: ${explain(error)}`);
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
        title="All images and studies as they are stored, with their descriptions"
      >
        <Download size={16} aria-hidden /> Download everything
      </button>
      <ZipArchives progress={progress} archives={archives} />
    </>
  );
}
