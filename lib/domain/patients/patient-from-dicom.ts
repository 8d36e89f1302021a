import {
  attributeText,
  type DicomStudy,
  dateDigits,
  type NewDicom,
  nameGroups,
} from '../dicom/dicom-instance.ts';
import { Day } from '../identifiers.ts';
import { normalizePatientId } from './normalize-patient-id.ts';
import { componentGroup, type Patient, type PatientDetails, PatientName, PatientSex } from './patient.ts';
import { searchName } from './search-name.ts';

/** The patient of a DICOM file, its patient attributes, and who sent it. */
interface DescribedPatient {
  study: Pick<NewDicom['study'], 'patientId' | 'attributes'>;
  instance: Pick<NewDicom['instance'], 'source'>;
}

/** What a DICOM file says about its patient. */
type Demographics = Pick<PatientDetails, 'name' | 'birthDate' | 'sex'>;

/**
 * Returns the entry of the directory with what a DICOM file adds to it, or undefined if it stays as it is.
 *
 * An entry that a person wrote is not changed, and a file that a patient sent changes nothing. A missing value erases
 * nothing, because many devices send the number only.
 *
 * @param known the entry of the file's patient, if there is one
 */
export function patientFromDicom(
  known: Patient | undefined,
  dicom: DescribedPatient,
  now: Date,
): Patient | undefined {
  const { patientId } = dicom.study;
  if (patientId === null || dicom.instance.source !== 'clinic' || known?.source === 'person')
    return undefined;
  const found = demographicsOf(dicom);
  const details = {
    name: known ? mergedName(known.name, found.name) : found.name,
    birthDate: found.birthDate ?? known?.birthDate ?? null,
    sex: found.sex ?? known?.sex ?? null,
  };
  if (known && isSame(known, details)) return undefined;
  return {
    patientId,
    ...details,
    formerNumbers: known?.formerNumbers ?? [],
    updatedAt: now.toISOString(),
    source: 'dicom',
    version: (known?.version ?? 0) + 1,
  };
}

/**
 * Returns the first entry of the directory for a patient to whom a study is assigned by hand, or undefined. The files must
 * have the patient's number: otherwise they may describe somebody else. Nothing is taken from files that patients sent.
 */
export function patientFromStudy(
  { namedPatient, attributes, patientInstances }: DicomStudy,
  patientId: string,
  now: Date,
): Patient | undefined {
  if (normalizePatientId(namedPatient.id ?? '') !== patientId || patientInstances > 0) return undefined;
  return patientFromDicom(
    undefined,
    { study: { patientId, attributes }, instance: { source: 'clinic' } },
    now,
  );
}

function demographicsOf({ study: { attributes } }: DescribedPatient): Demographics {
  const [alphabetic, ideographic, phonetic] = nameGroups(attributes['00100010']?.Value?.[0]).map(
    componentGroup,
  );
  const [, year, month, day] =
    /^(\d{4})(\d\d)(\d\d)$/.exec(dateDigits(attributeText(attributes, '00100030'))) ?? [];
  return {
    name: PatientName.parse({ alphabetic, ideographic, phonetic }),
    birthDate: Day.safeParse(`${year}-${month}-${day}`).data ?? null,
    sex: PatientSex.safeParse(attributeText(attributes, '00100040')).data ?? null,
  };
}

const GROUPS = ['alphabetic', 'ideographic', 'phonetic'] as const;

/**
 * The known name with the groups that it lacks, or the new name. Devices of one clinic write the same name with and without
 * accents, in capitals, and with fewer groups: these are no changes, or each file would undo the one before.
 */
function mergedName(known: PatientName, found: PatientName): PatientName {
  const isSameName = GROUPS.every((group) => {
    const [before, after] = [known[group], found[group]];
    return before === undefined || after === undefined || searchName(before) === searchName(after);
  });
  if (!isSameName) return found;
  return Object.fromEntries(GROUPS.map((group) => [group, known[group] ?? found[group]]));
}

const isSame = (known: Demographics, { name, birthDate, sex }: Demographics): boolean =>
  known.birthDate === birthDate &&
  known.sex === sex &&
  GROUPS.every((group) => known.name[group] === name[group]);
