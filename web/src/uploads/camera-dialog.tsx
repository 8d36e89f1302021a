import { Camera } from 'lucide-react';
import { useRef, useState } from 'react';
import type { EyeSide } from '../api/types.ts';
import { PatientCard } from '../moves/patient-card.tsx';
import { Dialog } from '../parts/dialog.tsx';
import type { ImageTarget } from './upload-record.ts';
import { useUploadQueue } from './uploads-provider.tsx';
import './camera-dialog.css';
import { text } from '../messages/text.ts';

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
    <Dialog title={text('uploads.camera-title')} onClose={onClose}>
      {target.patientId !== undefined && <PatientCard patientId={target.patientId} />}
      <p className="quiet">{target.title}</p>
      <input
        ref={camera}
        type="file"
        accept="image/*"
        capture="environment"
        hidden
        aria-label={text('uploads.photo')}
        onChange={({ target: input }) => {
          const files = [...(input.files ?? [])];
          queue.add(files, { ...target, eyeSide });
          setTaken(taken + files.length);
          // The next photo may have the same name, for which the input would fire no change event.
          input.value = '';
        }}
      />
      <fieldset className="camera-sides">
        <legend>{text('uploads.camera-question')}</legend>
        {(['left', 'right', 'both', 'unknown'] as const).map((side) => (
          <button key={side} type="button" className="button" onClick={() => open(side)}>
            <Camera size={18} aria-hidden /> {text(`camera-side.${side}`)}
          </button>
        ))}
      </fieldset>
      <p role="status">{taken > 0 && text('uploads.photos-taken', { count: taken })}</p>
      <div className="dialog-actions">
        <button type="button" className="button primary" onClick={onClose}>
          {text('uploads.camera-done')}
        </button>
      </div>
    </Dialog>
  );
}
