import { text } from '../messages/text.ts';
import './source-mark.css';

/** Marks what a patient sent, because its contents do not come from the clinic. */
export const SourceMark = ({ isFromPatient }: { isFromPatient: boolean }) =>
  isFromPatient && <span className="source-mark">{text('parts.from-patient')}</span>;
