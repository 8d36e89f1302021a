import { instanceIdentifiers } from '../../media/dicom/parse/identifiers.ts';
import { MoreBytesNeeded } from '../../media/dicom/parse/more-bytes-needed.ts';
import { readDicomHeader } from '../../media/dicom/parse/read-dicom.ts';
import { textValue } from '../../media/dicom/parse/text-values.ts';
import type { FoundFile } from '../find-files.ts';
import { readHead } from '../read-head.ts';

/** What a plan says about a DICOM file, from its header. Absent texts are ''. */
export interface DicomFacts {
  patientId: string;
  patientName: string;
  study: string;
  studyDate: string;
  modality: string;
  series: string;
  sop: string;
}

/** Enough for most headers, and little for one read. */
const FIRST_BYTES = 64 * 1024;

/**
 * Reads the header of a DICOM file, and not its pixels.
 *
 * @throws RejectedImage if the service would refuse the file for its header
 */
export async function readDicomFacts(file: FoundFile): Promise<DicomFacts> {
  for (let length = FIRST_BYTES; ; ) {
    const head = await readHead(file, Math.min(length, file.bytes));
    try {
      const { dataSet } = readDicomHeader(head, file.bytes);
      const { patient, studyInstanceUid, seriesInstanceUid, sopInstanceUid } = instanceIdentifiers(dataSet);
      const text = (tag: string) => textValue(dataSet, tag) ?? '';
      return {
        patientId: patient.id ?? '',
        patientName: text('00100010'),
        study: studyInstanceUid,
        studyDate: text('00080020'),
        modality: text('00080060'),
        series: seriesInstanceUid,
        sop: sopInstanceUid,
      };
    } catch (error) {
      if (!(error instanceof MoreBytesNeeded) || length >= file.bytes) throw error;
      length = Math.max(error.bytes, 4 * length);
    }
  }
}
