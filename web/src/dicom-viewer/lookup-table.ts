import { type Attributes, numbersOf } from '../exams/dicom-json.ts';
import { readOctets } from '../exams/dicomweb.ts';

/** A lookup table (PS3.3 C.11.1.1): what is below the first value mapped has the first entry. */
export interface LookupTable {
  firstMapped: number;
  /** The largest that an entry can be. */
  largest: number;
  entries: ArrayLike<number>;
}

/** The bytes of an attribute, wherever the metadata have them; undefined where it has none. */
export async function bytesOf(attributes: Attributes, tag: string): Promise<Uint8Array | undefined> {
  const { InlineBinary, BulkDataURI } = attributes[tag] ?? {};
  if (InlineBinary) return Uint8Array.from(atob(InlineBinary), (character) => character.charCodeAt(0));
  // By its path: the page talks to its own origin only, whatever host the metadata were made for.
  if (BulkDataURI) return readOctets(new URL(BulkDataURI, location.origin).pathname);
  return undefined;
}

/** Reads the table of an item of a Modality or VOI LUT Sequence; undefined where it is missing or empty. */
export async function lookupTable(item: Attributes | undefined): Promise<LookupTable | undefined> {
  if (!item) return undefined;
  const [length, firstMapped, declaredBits] = numbersOf(item, '00283002');
  if (length === undefined || firstMapped === undefined || declaredBits === undefined) return undefined;
  // 16 bits without a sign, even where the first value mapped has one; 0 means 65,536.
  const count = length & 0xffff || 65_536;
  const listed = numbersOf(item, '00283006').map((entry) => entry & 0xffff);
  const entries = listed.length > 0 ? listed : entriesOf(await bytesOf(item, '00283006'), count);
  if (entries.length < count) return undefined;
  let largest = 0;
  for (let i = 0; i < count; i++) largest = Math.max(largest, entries[i] ?? 0);
  const needed = Math.max(8, 32 - Math.clz32(largest));
  const bits = declaredBits >= 8 && declaredBits <= 16 ? Math.max(declaredBits, needed) : needed;
  return { firstMapped, largest: 2 ** bits - 1, entries };
}

/** Words, or bytes where there are too few for words, as entries of 8 bits may be packed. */
function entriesOf(bytes: Uint8Array | undefined, count: number): ArrayLike<number> {
  if (!bytes || bytes.length < count * 2) return bytes ?? [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({ length: count }, (_value, i) => view.getUint16(i * 2, true));
}

/** The entry for a value. */
export const lookUp = ({ firstMapped, entries }: LookupTable, value: number): number =>
  entries[Math.max(0, Math.min(entries.length - 1, Math.round(value) - firstMapped))] ?? 0;
