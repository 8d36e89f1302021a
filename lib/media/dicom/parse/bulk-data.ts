import { bytesOf, type DataElement, type DataSet } from './data-set.ts';
import { littleEndianBytes } from './little-endian-bytes.ts';

/** A value that DICOM JSON refers to by URI. */
export interface BulkData {
  element: DataElement;
  /** In little endian; for encapsulated pixel data the fragments, without the offset table. */
  parts: Uint8Array[];
}

/** Reads the value at a path that `toDicomJson` passed to `bulkDataUri`. Returns undefined if it does not exist. */
export function readBulkData(dataSet: DataSet, path: string): BulkData | undefined {
  const [tag = '', item, ...rest] = path.split('/');
  const element = dataSet.elements.get(tag);
  if (!element || element.isBeyond) return undefined;
  if (item !== undefined) {
    const within = /^[1-9]\d*$/.test(item) ? element.items?.[Number(item) - 1] : undefined;
    return within && readBulkData(within, rest.join('/'));
  }
  if (element.items) return undefined;
  if (element.fragments)
    return { element, parts: element.fragments.slice(1).map((fragment) => bytesOf(dataSet, fragment)) };
  return { element, parts: [littleEndianBytes(dataSet, element)] };
}
