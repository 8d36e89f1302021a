import type { Identity } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { formatLocalDay } from '../parts/format.ts';
import { useIdentity } from './identity.ts';
import { ageAt, nameText } from './patient-name.ts';
import './patient-banner.css';

/** Birth date with age, and sex; undefined if neither is known. */
export const bornText = ({ birthDate, sex }: Pick<Identity, 'birthDate' | 'sex'>): string | undefined =>
  [
    birthDate &&
      text('banner.born-age', { day: formatLocalDay(birthDate), age: ageAt(birthDate, new Date()) }),
    sex && text(`patient-sex.${sex}`),
  ]
    .filter(Boolean)
    .join(', ') || undefined;

interface PatientLineProps {
  patientId: string;
  /** The name in the files, for a patient without an entry in the directory. */
  namedInFiles?: string;
}

/** Whose something is, in one line: name, birth date, number. For dialogs, lists and paper. */
export function PatientLine({ patientId, namedInFiles }: PatientLineProps) {
  const { data } = useIdentity(patientId);
  const name = nameText(data?.name) ?? namedInFiles;
  return (
    <span className="patient-line">
      {name && <b dir="auto">{name}</b>}
      {data?.birthDate && <span>{text('banner.born', { day: formatLocalDay(data.birthDate) })}</span>}
      <span>{text('banner.patient', { patient: patientId })}</span>
    </span>
  );
}
