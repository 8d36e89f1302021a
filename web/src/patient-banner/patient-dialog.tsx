import type { Identity } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { Dialog } from '../parts/dialog.tsx';
import { PatientForm } from './patient-form.tsx';

/** The dialog that writes who has a number. From then on, DICOM files do not change it. */
export const PatientDialog = ({ identity, onClose }: { identity: Identity; onClose: () => void }) => (
  <Dialog title={text('banner.who-is', { patient: identity.patientId })} onClose={onClose}>
    <p className="quiet">{text('banner.kept')}</p>
    <PatientForm identity={identity} action={text('banner.save')} onDone={onClose} onClose={onClose} />
  </Dialog>
);
