import type { Identity } from '../api/types.ts';
import { Dialog } from '../parts/dialog.tsx';
import { PatientForm } from './patient-form.tsx';

/** The dialog that writes who has a number. From then on, DICOM files do not change it. */
export const PatientDialog = ({ identity, onClose }: { identity: Identity; onClose: () => void }) => (
  <Dialog title={`Who is patient ${identity.patientId}?`} onClose={onClose}>
    <p className="quiet">What you write here is kept: files from devices no longer change it.</p>
    <PatientForm identity={identity} action="Save" onDone={onClose} onClose={onClose} />
  </Dialog>
);
