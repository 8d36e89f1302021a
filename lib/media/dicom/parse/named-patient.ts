import { RejectedImage } from '../../rejected-image.ts';
import type { DataSet } from './data-set.ts';
import { textValues } from './text-values.ts';
import { kindOf, type Vr } from './vr.ts';

/**
 * The patient whom a file names (PS3.3 C.7.1.1, Patient Module). This is the only reading of these attributes: who may see
 * the file, what is written, listed, searched and audited all come from it.
 */
export interface NamedPatient {
  /** Patient ID (0010,0020), 1 to 64 characters; null if it is absent or empty. */
  id: string | null;
  /** The issuer of the Patient ID, 1 to 64 characters; null if the file has none. */
  issuer: string | null;
}

const PATIENT_ID = '00100020';
const ISSUER = '00100021';
const ISSUER_QUALIFIERS = '00100024';
const UNIVERSAL_ENTITY_ID = '00400032';

/** PS3.5 table 6.2-1, LO. */
const MAX_CHARACTERS = 64;

/**
 * Reads the patient whom a file names. An issuer may also stand in the Issuer of Patient ID Qualifiers Sequence.
 *
 * @throws RejectedImage where the Patient ID or its issuer is anything else than one text of at most 64 characters: two
 *   readers could take it for two patients
 */
export function namedPatient(dataSet: DataSet): NamedPatient {
  const [qualifiers] = dataSet.elements.get(ISSUER_QUALIFIERS)?.items ?? [];
  return {
    id: oneText(dataSet, PATIENT_ID, 'Patient ID'),
    issuer:
      oneText(dataSet, ISSUER, 'Issuer of Patient ID') ??
      (qualifiers ? oneText(qualifiers, UNIVERSAL_ENTITY_ID, 'issuer of the Patient ID') : null),
  };
}

function oneText(dataSet: DataSet, tag: string, name: string): string | null {
  const element = dataSet.elements.get(tag);
  if (!element || element.length === 0) return null;
  const [value = '', ...others] = textValues(dataSet, tag);
  const isOne = isPlainText(element.vr) && others.length === 0 && !value.includes('\\');
  if (!isOne || [...value].length > MAX_CHARACTERS)
    throw new RejectedImage(
      `This DICOM file has a ${name} that is not one text of at most ${MAX_CHARACTERS} characters.`,
    );
  return value === '' ? null : value;
}

/** VRs that are one string in DICOM JSON (PS3.18 table F.2.3-1), and not a number, an object or bytes. */
const isPlainText = (vr: Vr): boolean =>
  ['ascii', 'text', 'paragraph'].includes(kindOf(vr)) && vr !== 'IS' && vr !== 'DS' && vr !== 'PN';
