import { bytesOf, type DataElement, type DataSet } from './data-set.ts';
import { wordBytes } from './vr.ts';

/** The bytes of a value as all of the web services send them: little endian (PS3.18 F.2.7, 8.7.3.5.2). */
export function littleEndianBytes(dataSet: DataSet, element: DataElement): Uint8Array {
  const bytes = bytesOf(dataSet, element);
  return dataSet.isBigEndian ? swapped(bytes, wordBytes(element.vr)) : bytes;
}

/** A copy in the other byte order. An incomplete last word is not changed. */
export function swapped(bytes: Uint8Array, word: 1 | 2 | 4 | 8): Uint8Array {
  if (word === 1) return bytes;
  const copy = Buffer.from(bytes);
  const whole = copy.subarray(0, copy.length - (copy.length % word));
  if (word === 2) whole.swap16();
  else if (word === 4) whole.swap32();
  else whole.swap64();
  return copy;
}
