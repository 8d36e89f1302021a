import { RejectedImage } from '../../rejected-image.ts';
import type { AttributeReader } from '../parse/attribute-reader.ts';

/** A lookup table (PS3.3 C.7.6.3.1.5, C.11.1.1, C.11.2.1.1). Values below the first mapped one get the first entry. */
export interface LookupTable {
  firstMapped: number;
  /** The bits of an entry: 8 to 16. */
  bits: number;
  entries: Uint8Array | Uint16Array;
}

/**
 * Reads a table by the tags of its descriptor and data. Returns undefined if it is missing or empty.
 *
 * @throws RejectedImage if it has fewer entries than its descriptor declares
 */
export async function lookupTable(
  attributes: AttributeReader,
  descriptorTag: string,
  dataTag: string,
): Promise<LookupTable | undefined> {
  const descriptor = tableDescriptor(attributes, descriptorTag);
  const data = descriptor && (await attributes.bytes(dataTag));
  if (!descriptor || !data) return undefined;
  const { count, firstMapped } = descriptor;
  // Words, or bytes if there are too few bytes for words: entries of 8 bits may be packed.
  const stored = data.length < count * 2 ? data : wordsOf(data);
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

export function tableDescriptor(attributes: AttributeReader, tag: string) {
  const [count, firstMapped, bits] = attributes.numbers(tag);
  if (count === undefined || firstMapped === undefined || bits === undefined) return undefined;
  // 16 unsigned bits, even if the first value mapped is signed; 0 means 65,536.
  return { count: count & 0xffff || 65_536, firstMapped, bits: bits & 0xffff };
}

/** Unsigned words of 16 bits, whatever the VR: LUT data have no sign. */
export function wordsOf({ buffer, byteOffset, byteLength }: Uint8Array): Uint16Array {
  const view = new DataView(buffer, byteOffset, byteLength);
  return Uint16Array.from({ length: byteLength >> 1 }, (_value, i) => view.getUint16(i * 2, true));
}

/** What the descriptor says, unless it can't be: outside of 8 to 16, or too few for what is in the table. */
function bitsOf(entries: Uint8Array | Uint16Array, declared: number): number {
  let max = 0;
  for (const entry of entries) max = Math.max(max, entry);
  const needed = Math.max(8, 32 - Math.clz32(max));
  return declared >= 8 && declared <= 16 ? Math.max(declared, needed) : needed;
}
