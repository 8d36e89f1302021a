import { RejectedImage } from '../../rejected-image.ts';
import type { DataSet } from './data-set.ts';
import { type NamedPatient, namedPatient } from './named-patient.ts';
import { textValues } from './text-values.ts';

/** The identifiers of an instance, its series and its study (PS3.3 C.7.2.1, C.7.3.1, C.12.1). */
export interface InstanceIdentifiers {
  patient: NamedPatient;
  studyInstanceUid: string;
  seriesInstanceUid: string;
  sopInstanceUid: string;
  sopClassUid: string;
}

/**
 * PS3.5 9.1: numbers between dots, 64 characters in all. A little wider than the standard, as `DicomUid` is: old devices
 * write leading zeros, and tools that take names out of files write what they like; every other archive takes them.
 */
export const isUid = (text: string): boolean => text.length <= 64 && /^\d+(?:\.\d+)*$/.test(text);

/**
 * Reads the identifiers, without which a file has no place among the others. Trailing padding is removed: NUL,
 * as the standard says, and space, which many devices write instead.
 *
 * @throws RejectedImage where one is missing or no UID, or where it is not clear which patient the file names
 */
export function instanceIdentifiers(dataSet: DataSet): InstanceIdentifiers {
  if (dataSet.elements.has('00041220'))
    throw new RejectedImage(
      'This is a DICOMDIR, the list of contents of a medium; expected the images that it lists, one by one.',
    );
  const uid = (tag: string, name: string): string => {
    const [value, ...others] = textValues(dataSet, tag);
    if (!value) throw new RejectedImage(`This DICOM file has no ${name}, without which it is not accepted.`);
    if (others.length > 0 || !isUid(value))
      throw new RejectedImage(
        `This DICOM file has a ${name} that is no identifier; expected up to 64 digits and dots.`,
      );
    return value;
  };
  return {
    patient: namedPatient(dataSet),
    studyInstanceUid: uid('0020000D', 'StudyInstanceUID'),
    seriesInstanceUid: uid('0020000E', 'SeriesInstanceUID'),
    sopInstanceUid: uid('00080018', 'SOPInstanceUID'),
    sopClassUid: uid('00080016', 'SOPClassUID'),
  };
}
