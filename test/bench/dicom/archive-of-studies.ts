import { writesOf } from '../../../lib/data/dicom/dicom-writes.ts';
import { newDicom } from '../../../lib/domain/dicom/dicom-instance.ts';
import { describeDicom } from '../../../lib/media/dicom/parse/describe-dicom.ts';
import { dicomSlice, type Slice } from './dicom-file.ts';

/** Studies that each patient has. */
export const STUDIES_OF_PATIENT = 10;

const FIRST_DAY = Date.UTC(2010, 0, 1);
const DAY_MS = 86_400_000;
const DAYS = 5000;

/** The only slice of the study with this number; a patient's studies are far apart. */
export function sliceOf(number: number, studies: number): Slice {
  const patients = Math.ceil(studies / STUDIES_OF_PATIENT);
  const patient = number % patients;
  const studyUid = `2.25.${1_000_000_000 + number}`;
  return {
    studyUid,
    seriesUid: `${studyUid}.1`,
    sopUid: `${studyUid}.1.1`,
    patientId: `Q-${patient}`,
    patientName: `Name${patient}^Anna`,
    accession: `ACC${number}`,
    studyDate: new Date(FIRST_DAY + (number % DAYS) * DAY_MS).toISOString().slice(0, 10).replaceAll('-', ''),
  };
}

/**
 * All items of the table for an archive of this number of studies, as storing their slices would write them.
 */
export function* itemsOfStudies(studies: number): Generator<Record<string, unknown>> {
  for (let number = 0; number < studies; number++) {
    const bytes = dicomSlice(sliceOf(number, studies), 2);
    const file = { bytes: bytes.length, sha256: '0'.repeat(64) };
    const dicom = newDicom(
      describeDicom(bytes, String),
      file,
      { role: 'staff', subject: 'bench' },
      [],
      new Date(),
    );
    for (const write of writesOf([dicom])) if ('Put' in write) yield write.Put.Item;
  }
}
