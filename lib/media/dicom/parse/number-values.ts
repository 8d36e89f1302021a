import type { DataElement, DataSet } from './data-set.ts';
import { textValuesOf } from './text-values.ts';
import { kindOf } from './vr.ts';

/** The numbers of an element, binary or text; empty if it is absent, empty or not numeric. */
export function numberValues(dataSet: DataSet, tag: string): number[] {
  const element = dataSet.elements.get(tag);
  return element ? numberValuesOf(dataSet, element) : [];
}

/** The first number. */
export const numberValue = (dataSet: DataSet, tag: string): number | undefined =>
  numberValues(dataSet, tag)[0];

export function numberValuesOf(dataSet: DataSet, element: DataElement): number[] {
  if (element.vr === 'DS' || element.vr === 'IS')
    return textValuesOf(dataSet, element)
      .map(parseNumber)
      .filter((number) => number !== undefined);
  return binaryNumbersOf(dataSet, element).map(Number);
}

/**
 * Parses DS and IS (PS3.5 6.2). Returns undefined for other text. A decimal comma, which some European consoles write, is
 * rejected: the meaning of `1,234` would be a guess.
 */
export function parseNumber(text: string): number | undefined {
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

/** Numbers of fixed size, in the byte order of the data set. 64-bit integers are exact. */
export function binaryNumbersOf({ bytes, isBigEndian }: DataSet, element: DataElement): (number | bigint)[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset + element.offset, element.length);
  const little = !isBigEndian;
  const read = <T>(size: number, get: (at: number) => T): T[] =>
    Array.from({ length: Math.floor(element.length / size) }, (_value, i) => get(i * size));
  switch (kindOf(element.vr)) {
    case 'uint16':
      return read(2, (at) => view.getUint16(at, little));
    case 'int16':
      return read(2, (at) => view.getInt16(at, little));
    case 'uint32':
      return read(4, (at) => view.getUint32(at, little));
    case 'int32':
      return read(4, (at) => view.getInt32(at, little));
    case 'uint64':
      return read(8, (at) => view.getBigUint64(at, little));
    case 'int64':
      return read(8, (at) => view.getBigInt64(at, little));
    case 'float32':
      return read(4, (at) => view.getFloat32(at, little));
    case 'float64':
      return read(8, (at) => view.getFloat64(at, little));
    default:
      return [];
  }
}
