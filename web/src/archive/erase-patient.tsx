import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { text } from '../messages/text.ts';
import { EraseDialog } from './erase-dialog.tsx';

/** Erases everything of a patient, after a typed confirmation. */
export function ErasePatient({ patientId }: { patientId: string }) {
  const [asks, setAsks] = useState(false);
  return (
    <>
      <button type="button" className="button small danger" onClick={() => setAsks(true)}>
        <Trash2 size={16} aria-hidden /> {text('archive.erase-patient')}
      </button>
      {asks && <EraseDialog patientId={patientId} onClose={() => setAsks(false)} />}
    </>
  );
}
