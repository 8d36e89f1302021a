import { bytesOf, type DataSet } from './data-set.ts';
import { numberValue } from './number-values.ts';
import { textValue } from './text-values.ts';

/** A document in a DICOM file, such as a PDF. */
export interface EncapsulatedDocument {
  mimeType: string;
  bytes: Uint8Array;
}

/** Where the document itself is. */
export const ENCAPSULATED_DOCUMENT = '00420011';

/** Returns the encapsulated document of a file (PS3.3 C.24.2) with its declared type; undefined if it has none. */
export function encapsulatedDocument(dataSet: DataSet): EncapsulatedDocument | undefined {
  const element = dataSet.elements.get(ENCAPSULATED_DOCUMENT);
  const mimeType = textValue(dataSet, '00420012')?.trim().toLowerCase();
  if (!element || element.length === 0 || !mimeType || !/^[a-z]+\/[a-z0-9.+-]{1,80}$/.test(mimeType))
    return undefined;
  const value = bytesOf(dataSet, element);
  // Encapsulated Document Length leaves out the byte that makes the length even (PS3.5, 6.2, OB).
  const length = numberValue(dataSet, '00420015') ?? value.length;
  return { mimeType, bytes: value.subarray(0, value.length - length === 1 ? length : value.length) };
}
