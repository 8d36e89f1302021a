import type { DicomInstance } from '../../domain/dicom/dicom-instance.ts';
import { sourceAttributes } from '../../domain/dicom/dicom-source.ts';
import type { DescribedDicom } from '../../media/dicom/parse/describe-dicom.ts';
import { dicomJsonText } from '../../media/dicom/parse/dicom-json.ts';

/** The metadata that are stored with a file: all of its attributes, and how it came here. */
export const metadataText = ({ json }: DescribedDicom, { source }: Pick<DicomInstance, 'source'>): string =>
  dicomJsonText({ ...json, ...sourceAttributes([source]) });
