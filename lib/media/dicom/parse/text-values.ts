import { decodeText } from './character-set.ts';
import { bytesOf, type DataElement, type DataSet } from './data-set.ts';
import { kindOf } from './vr.ts';

/** The text values of an element without padding; empty if it is absent or empty (PS3.5 6.2, 6.4). */
export function textValues(dataSet: DataSet, tag: string): string[] {
  const element = dataSet.elements.get(tag);
  return element ? textValuesOf(dataSet, element) : [];
}

export function textValuesOf(dataSet: DataSet, element: DataElement): string[] {
  const kind = kindOf(element.vr);
  const bytes = bytesOf(dataSet, element);
  // Unknown UN elements and numbers have no text.
  if (kind !== 'ascii' && kind !== 'text' && kind !== 'paragraph' && kind !== 'url') return [];
  const usesCharacterSet = kind === 'text' || kind === 'paragraph';
  const text = usesCharacterSet ? decodeText(dataSet, bytes, element.vr) : decodeAscii(bytes);
  if (kind === 'paragraph' || kind === 'url') return text === '' ? [] : [trimEnd(text)];
  const values = text.split('\\').map(element.vr === 'UC' ? trimEnd : trim);
  return values.length === 1 && values[0] === '' ? [] : values;
}

/** The first value, unless it is empty. */
export const textValue = (dataSet: DataSet, tag: string): string | undefined =>
  textValues(dataSet, tag)[0] || undefined;

/** PS3.5 6.2: spaces are padding, and so are NULs, in UIDs by the standard and elsewhere by habit. */
const trimEnd = (text: string) => text.replace(/(?<![ \0])[ \0]+$/, '');
const trim = (text: string) => trimEnd(text).replace(/^[ \0]+/, '');

/** VRs of the default repertoire (PS3.5 6.1.2.3). Each byte is one character, so that invalid bytes are kept. */
const decodeAscii = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
