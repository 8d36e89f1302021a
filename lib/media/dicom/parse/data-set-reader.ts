import type { AttributeReader } from './attribute-reader.ts';
import type { DataSet } from './data-set.ts';
import { littleEndianBytes } from './little-endian-bytes.ts';
import { numberValues } from './number-values.ts';
import { textValue } from './text-values.ts';

/** Reads the attributes of a data set in a file. */
export class DataSetReader implements AttributeReader {
  readonly #dataSet: DataSet;

  constructor(dataSet: DataSet) {
    this.#dataSet = dataSet;
  }

  numbers(tag: string): number[] {
    return numberValues(this.#dataSet, tag);
  }

  text(tag: string): string | undefined {
    return textValue(this.#dataSet, tag);
  }

  items(tag: string): DataSetReader[] {
    return (this.#dataSet.elements.get(tag)?.items ?? []).map((item) => new DataSetReader(item));
  }

  bytes(tag: string): Uint8Array | undefined {
    const element = this.#dataSet.elements.get(tag);
    return element && element.length > 0 ? littleEndianBytes(this.#dataSet, element) : undefined;
  }
}
