import type { DataElement, DataSet } from '../parse/data-set.ts';
import { littleEndianBytes } from '../parse/little-endian-bytes.ts';
import { UnsupportedPixelData } from '../unsupported-pixel-data.ts';
import { encodeElement, encodeImplicitElement, type NewElement } from './encode-element.ts';

/**
 * Encodes a data set in explicit VR little endian (PS3.5 A.2): its elements in ascending order with their values, or
 * those in `changes`; undefined omits an element. Group lengths (PS3.5 7.2, retired) are omitted; they would be wrong.
 *
 * @throws UnsupportedPixelData if an item has compressed pixels, which are not possible in this transfer syntax
 */
export function encodeDataSet(
  dataSet: DataSet,
  changes: ReadonlyMap<string, NewElement | undefined> = new Map(),
): Buffer {
  const tags = new Set([...dataSet.elements.keys(), ...changes.keys()]);
  const elements = [...tags].sort().map((tag) => {
    const element = dataSet.elements.get(tag);
    const change = changes.get(tag);
    if (change) return encodeElement(tag, change);
    return changes.has(tag) || !element || tag.endsWith('0000') ? NOTHING : encodeStored(dataSet, element);
  });
  return Buffer.concat(elements);
}

const NOTHING = Buffer.alloc(0);

function encodeStored(dataSet: DataSet, element: DataElement): Uint8Array {
  const { tag, vr, items, fragments } = element;
  if (fragments)
    throw new UnsupportedPixelData('This DICOM file has compressed pixels within another image.');
  if (!items) return encodeElement(tag, { vr, value: littleEndianBytes(dataSet, element) });
  const encoded = items.map((item) => encodeImplicitElement('FFFEE000', encodeDataSet(item)));
  return encodeElement(tag, { vr: 'SQ', value: Buffer.concat(encoded) });
}
