import type { DataElement, DataSet } from '../parse/data-set.ts';
import { littleEndianBytes } from '../parse/little-endian-bytes.ts';
import { hasLongLength, type Vr } from '../parse/vr.ts';
import { UnsupportedPixelData } from '../unsupported-pixel-data.ts';

/** The value of an element to write. */
export interface NewElement {
  vr: Vr;
  value: Uint8Array;
}

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

function encodeStored(dataSet: DataSet, element: DataElement): Buffer {
  const { tag, vr, items, fragments } = element;
  if (fragments)
    throw new UnsupportedPixelData('This DICOM file has compressed pixels within another image.');
  if (!items) return encodeElement(tag, { vr, value: littleEndianBytes(dataSet, element) });
  const encoded = items.map((item) => {
    const content = encodeDataSet(item);
    return Buffer.concat([tagBytes('FFFEE000'), uint32(content.length), content]);
  });
  return encodeElement(tag, { vr: 'SQ', value: Buffer.concat(encoded) });
}

/** PS3.5 7.1.2. A value from implicit VR can be too long for a VR with a 16-bit length; it is written as UN (6.2.2). */
export function encodeElement(tag: string, { vr, value }: NewElement): Buffer {
  const written = value.length > 0xffff && !hasLongLength(vr) ? 'UN' : vr;
  const length = hasLongLength(written)
    ? Buffer.concat([Buffer.alloc(2), uint32(value.length)])
    : uint16(value.length);
  return Buffer.concat([tagBytes(tag), Buffer.from(written), length, value]);
}

const tagBytes = (tag: string) =>
  Buffer.concat([uint16(Number.parseInt(tag.slice(0, 4), 16)), uint16(Number.parseInt(tag.slice(4), 16))]);

function uint16(number: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(number);
  return bytes;
}

function uint32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return bytes;
}
