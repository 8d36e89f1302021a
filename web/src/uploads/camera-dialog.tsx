import { Camera } from 'lucide-react';
import { useRef, useState } from 'react';
import type { EyeSide } from '../api/types.ts';
import { EYE_SIDES } from '../images/eye-sides.ts';
import { PatientCard } from '../moves/patient-card.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { count } from '../parts/format.ts';
import type { ImageTarget } from './upload-record.ts';
import { useUploadQueue } from './uploads-provider.tsx';
import './camera-dialog.css';

const LABELS: Record<EyeSide, string> = { ...EYE_SIDES, unknown: 'No eye' };

interface CameraDialogProps {
  target: ImageTarget;
  onClose: () => void;
}

/** Takes photographs: the patient is in view, and one tap says which eye it is and opens the camera. */
export function CameraDialog({ target, onClose }: CameraDialogProps) {
  const queue = useUploadQueue();
  const camera = useRef<HTMLInputElement>(null);
  const [eyeSide, setEyeSide] = useState<EyeSide>('unknown');
  const [taken, setTaken] = useState(0);
  const open = (side: EyeSide) => {
    setEyeSide(side);
    camera.current?.click();
  };
  return (
    <Dialog title="Take photographs" onClose={onClose}>
      {target.patientId !== undefined && <PatientCard patientId={target.patientId} />}
      <p className="quiet">{target.title}</p>
      <input
        ref={camera}
        type="file"
        accept="image/*"
        capture="environment"
        hidden
        aria-label="Photo to upload"
        onChange={({ target: input }) => {
          const files = [...(input.files ?? [])];
          queue.add(files, { ...target, eyeSide });
          setTaken(taken + files.length);
          // The next photo may have the same name, for which the input would fire no change event.
          input.value = '';
        }}
      />
      <fieldset className="camera-sides">
        <legend>What is photographed?</legend>
        {(['left', 'right', 'both', 'unknown'] as const).map((side) => (
          <button key={side} type="button" className="button" onClick={() => open(side)}>
            <Camera size={18} aria-hidden /> {side === 'unknown' ? LABELS.unknown : `${LABELS[side]} eye`}
          </button>
        ))}
      </fieldset>
      <p role="status">{taken > 0 && `${count(taken, 'photograph')} taken. They are uploaded meanwhile.`}</p>
      <div className="dialog-actions">
        <button type="button" className="button primary" onClick={onClose}>
          Done
        </button>
      </div>
    </Dialog>
  );
}
