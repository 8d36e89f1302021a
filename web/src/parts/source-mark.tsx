import './source-mark.css';

/** Marks what a patient sent, because its contents do not come from the clinic. */
export const SourceMark = ({ isFromPatient }: { isFromPatient: boolean }) =>
  isFromPatient && <span className="source-mark">Sent by patient</span>;
