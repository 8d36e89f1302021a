import './source-mark.css';

/** Says so where a patient sent something: what their files say proves nothing of the clinic's records. */
export const SourceMark = ({ isFromPatient }: { isFromPatient: boolean }) =>
  isFromPatient && <span className="source-mark">Sent by patient</span>;
