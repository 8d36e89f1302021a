import type { AttributeReader } from '../../../lib/media/dicom/parse/attribute-reader.ts';
import { type Attributes, itemsOf, numbersOf, textOf } from '../exams/dicom-json.ts';

/** Loads a value that the metadata replace by a BulkDataURI. */
export type ReadBulkData = (uri: string) => Promise<Uint8Array>;

/** Reads the attributes of a data set in DICOM JSON. */
export class JsonReader implements AttributeReader {
  readonly #attributes: Attributes;
  readonly #readBulkData: ReadBulkData;

  constructor(attributes: Attributes, readBulkData: ReadBulkData) {
    this.#attributes = attributes;
    this.#readBulkData = readBulkData;
  }

  numbers(tag: string): number[] {
    return numbersOf(this.#attributes, tag);
  }

  text(tag: string): string | undefined {
    return textOf(this.#attributes, tag) || undefined;
  }

  items(tag: string): JsonReader[] {
    return itemsOf(this.#attributes, tag).map((item) => new JsonReader(item, this.#readBulkData));
  }

  async bytes(tag: string): Promise<Uint8Array | undefined> {
    const { InlineBinary, BulkDataURI } = this.#attributes[tag] ?? {};
    if (BulkDataURI) return this.#readBulkData(BulkDataURI);
    if (InlineBinary) return Uint8Array.from(atob(InlineBinary), (character) => character.charCodeAt(0));
    // The numbers of a lookup table are words of 16 bits.
    const words = this.numbers(tag);
    return words.length > 0 ? new Uint8Array(Uint16Array.from(words).buffer) : undefined;
  }
}
