import { deflateSync, inflateSync } from 'node:zlib';
import type { DicomInstance } from '../../domain/dicom/dicom-instance.ts';
import { sourceAttributes } from '../../domain/dicom/dicom-source.ts';
import type { DescribedDicom } from '../../media/dicom/parse/describe-dicom.ts';
import { dicomJsonText } from '../../media/dicom/parse/dicom-json.ts';

/** The metadata that are stored with a file: all of its attributes, and how it came here. */
export const metadataText = ({ json }: DescribedDicom, { source }: Pick<DicomInstance, 'source'>): string =>
  dicomJsonText({ ...json, ...sourceAttributes([source]) });

/**
 * The longest packed metadata in an item; characters. Those of usual images have some 1,000. At 4,000, the writes of the item and of
 * its copy in the index cost as much as an object of its own, which a series would have to read one by one.
 */
const LONGEST = 4000;

/** Metadata as they are stored in the item of their instance; undefined if they are too long for it. */
export function packMetadata(text: string): string | undefined {
  const packed = deflateSync(text).toString('base64');
  return packed.length > LONGEST ? undefined : packed;
}

/**
 * The text of packed metadata.
 *
 * @throws Error if they are damaged: they contain a checksum (RFC 1950, Adler-32)
 */
export const unpackMetadata = (packed: string): string =>
  inflateSync(Buffer.from(packed, 'base64')).toString();
