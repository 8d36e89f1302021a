import { typeOf } from './check-file.ts';

/** The preamble and the prefix of a DICOM file (PS3.10, 7.1); bytes. */
const PREAMBLE = 128;
const PREFIX = 'DICM';
/** The directory of a CD, which is no image (PS3.10, 8.6). */
const DIRECTORY = 'DICOMDIR';

/** Divides chosen files into DICOM files and others, by their bytes: on a CD their names have no ending. */
export async function divideFiles(files: readonly File[]): Promise<{ dicom: File[]; others: File[] }> {
  const areDicom = await Promise.all(files.map(isDicom));
  return {
    dicom: files.filter((file, index) => areDicom[index] && file.name !== DIRECTORY),
    others: files.filter((_file, index) => !areDicom[index]),
  };
}

async function isDicom(file: File): Promise<boolean> {
  // Pictures are shown at once: only files that may be DICOM are read.
  if (!mayBeDicom(file)) return false;
  return file
    .slice(PREAMBLE, PREAMBLE + PREFIX.length)
    .text()
    .then(
      (text) => text === PREFIX,
      () => false,
    );
}

/** Whether a file may be DICOM by its type and name. */
export const mayBeDicom = (file: File): boolean =>
  ['', 'application/dicom', 'application/octet-stream'].includes(typeOf(file)) || /\.dcm$/i.test(file.name);
