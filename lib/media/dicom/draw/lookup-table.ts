import { RejectedImage } from '../../rejected-image.ts';
import { bytesOf, type DataElement, type DataSet } from '../parse/data-set.ts';
import { littleEndianBytes } from '../parse/little-endian-bytes.ts';
import { numberValues } from '../parse/number-values.ts';

/** A lookup table (PS3.3 C.7.6.3.1.5, C.11.1.1, C.11.2.1.1): what is below the first value mapped has the first entry. */
export interface LookupTable {
  firstMapped: number;
  /** Of the entries: 8 to 16. */
  bits: number;
  entries: Uint8Array | Uint16Array;
}

/** Reads a table by the tags of its descriptor and data; undefined where it is missing or empty. */
export function lookupTable(
  dataSet: DataSet,
  descriptorTag: string,
  dataTag: string,
): LookupTable | undefined {
  const descriptor = tableDescriptor(dataSet, descriptorTag);
  const data = dataSet.elements.get(dataTag);
  if (!descriptor || !data || data.length === 0) return undefined;
  const { count, firstMapped } = descriptor;
  const stored = tableEntries(dataSet, data, count);
  if (stored.length < count)
    throw new RejectedImage(
      `This DICOM file is damaged: a lookup table claims ${count} entries and has ${stored.length}.`,
    );
  const entries = stored.subarray(0, count);
  return { firstMapped, bits: bitsOf(entries, descriptor.bits), entries };
}

/** The entry for a value. */
export const lookUp = ({ firstMapped, entries }: LookupTable, value: number): number =>
  entries[Math.max(0, Math.min(entries.length - 1, Math.round(value) - firstMapped))] ?? 0;

export function tableDescriptor(dataSet: DataSet, tag: string) {
  const [count, firstMapped, bits] = numberValues(dataSet, tag);
  if (count === undefined || firstMapped === undefined || bits === undefined) return undefined;
  // 16 bits without a sign, even where the first value mapped has one; 0 means 65,536.
  return { count: count & 0xffff || 65_536, firstMapped, bits: bits & 0xffff };
}

/** Words, or bytes where there are too few for words, as entries of 8 bits may be packed. */
function tableEntries(dataSet: DataSet, data: DataElement, count: number): Uint8Array | Uint16Array {
  if (data.length < count * 2 && data.vr !== 'US' && data.vr !== 'SS')
    return littleEndianBytes(dataSet, { ...data, vr: data.vr === 'UN' ? 'OB' : data.vr });
  return wordsOf(dataSet, data);
}

/** 16 bit words, whatever the VR says of their sign: LUT data have none. */
export function wordsOf(dataSet: DataSet, data: DataElement): Uint16Array {
  const { buffer, byteOffset, byteLength } = bytesOf(dataSet, data);
  const view = new DataView(buffer, byteOffset, byteLength);
  return Uint16Array.from({ length: byteLength >> 1 }, (_value, i) =>
    view.getUint16(i * 2, !dataSet.isBigEndian),
  );
}

/** What the descriptor says, unless it can't be: outside of 8 to 16, or too few for what is in the table. */
function bitsOf(entries: Uint8Array | Uint16Array, declared: number): number {
  let max = 0;
  for (const entry of entries) max = Math.max(max, entry);
  const needed = Math.max(8, 32 - Math.clz32(max));
  return declared >= 8 && declared <= 16 ? Math.max(declared, needed) : needed;
}
