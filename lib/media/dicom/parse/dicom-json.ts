import type { DicomJson, JsonAttribute, JsonPersonName } from '../json-model.ts';
import { bytesOf, type DataElement, type DataSet } from './data-set.ts';
import { littleEndianBytes } from './little-endian-bytes.ts';
import { binaryNumbersOf, parseNumber } from './number-values.ts';
import { textValuesOf } from './text-values.ts';
import { kindOf } from './vr.ts';

export interface DicomJsonOptions {
  /** Returns the BulkDataURI of an omitted value, by the path for `readBulkData`: `7FE00010`, `00880200/1/7FE00010`. */
  bulkDataUri: (path: string) => string;
  /** The largest inline binary value, in bytes. Default 1,024. Pixel data are never inline. */
  inlineBytes?: number;
}

/** A data set as DICOM JSON, without group lengths and file meta information, which the model excludes. */
export function toDicomJson(dataSet: DataSet, options: DicomJsonOptions): DicomJson {
  return itemToJson(dataSet, { inlineBytes: 1024, ...options }, '');
}

/**
 * DICOM JSON as text, with the attributes in ascending order (PS3.18 F.2.2). An object does not keep this order: keys that look
 * like numbers come first, such as the `20500020` of a presentation state or the `30060010` of structures.
 */
export function dicomJsonText(json: DicomJson): string {
  const attributes = Object.entries(json).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${attributes.map(([tag, attribute]) => `"${tag}":${attributeText(attribute)}`).join(',')}}`;
}

function attributeText(attribute: JsonAttribute): string {
  if (attribute.vr !== 'SQ' || !attribute.Value) return JSON.stringify(attribute);
  const items = attribute.Value.map((item) => (isItem(item) ? dicomJsonText(item) : JSON.stringify(item)));
  return `{"vr":"SQ","Value":[${items.join(',')}]}`;
}

/** Whether a value of a sequence is an item. Names are objects, too, but no values of sequences. */
const isItem = (value: NonNullable<JsonAttribute['Value']>[number]): value is DicomJson =>
  typeof value === 'object' && value !== null;

function itemToJson(dataSet: DataSet, options: Required<DicomJsonOptions>, path: string): DicomJson {
  const tags = [...dataSet.elements.keys()]
    .filter((tag) => !tag.endsWith('0000') && !tag.startsWith('0002'))
    .sort();
  const json: DicomJson = {};
  for (const tag of tags) {
    const element = dataSet.elements.get(tag);
    if (element) json[tag] = attributeOf(dataSet, element, options, path + tag);
  }
  return json;
}

function attributeOf(
  dataSet: DataSet,
  element: DataElement,
  options: Required<DicomJsonOptions>,
  path: string,
): JsonAttribute {
  const { tag, vr, length, items, fragments, isBeyond } = element;
  if (items) {
    const Value = items.map((item, i) => itemToJson(item, options, `${path}/${i + 1}/`));
    return Value.length > 0 ? { vr, Value } : { vr };
  }
  const isPixelData = tag === '7FE00008' || tag === '7FE00009' || tag === '7FE00010';
  if (fragments || isBeyond || (isPixelData && length > 0))
    return { vr, BulkDataURI: options.bulkDataUri(path) };
  if (length === 0) return { vr };
  if (kindOf(vr) === 'bytes') {
    if (length > options.inlineBytes) return { vr, BulkDataURI: options.bulkDataUri(path) };
    return { vr, InlineBinary: Buffer.from(littleEndianBytes(dataSet, element)).toString('base64') };
  }
  const Value = valuesOf(dataSet, element);
  return Value.length > 0 ? { vr, Value } : { vr };
}

/** PS3.18 table F.2.3-1; an empty value among others is null (F.2.5). */
function valuesOf(dataSet: DataSet, element: DataElement): NonNullable<JsonAttribute['Value']> {
  switch (kindOf(element.vr)) {
    case 'tag':
      return tagsOf(dataSet, element);
    case 'ascii':
    case 'text':
    case 'paragraph':
    case 'url': {
      const values = textValuesOf(dataSet, element);
      if (element.vr === 'PN') return values.map(personNameOf);
      // F.2.3, note: a string if a number would lose precision, or if the text is not a number.
      if (element.vr === 'DS' || element.vr === 'IS')
        return values.map((text) => finite(parseNumber(text)) ?? (text || null));
      return values.map((text) => text || null);
    }
    default:
      // F.2.3, note: 64 bits may be strings, to keep their precision. JSON has no NaN and no infinity.
      return binaryNumbersOf(dataSet, element).map((value) =>
        typeof value === 'bigint' ? exact(value) : (finite(value) ?? null),
      );
  }
}

const finite = (value: number | undefined) => (Number.isFinite(value) ? value : undefined);
const exact = (value: bigint) => (Number.isSafeInteger(Number(value)) ? Number(value) : String(value));

function tagsOf(dataSet: DataSet, element: DataElement): string[] {
  const { buffer, byteOffset, byteLength } = bytesOf(dataSet, element);
  const view = new DataView(buffer, byteOffset, byteLength);
  const word = (at: number) =>
    view.getUint16(at, !dataSet.isBigEndian).toString(16).toUpperCase().padStart(4, '0');
  return Array.from({ length: Math.floor(element.length / 4) }, (_value, i) => word(i * 4) + word(i * 4 + 2));
}

/** PS3.18 F.2.2: only the groups that are not empty. */
function personNameOf(text: string): JsonPersonName | null {
  const [alphabetic, ideographic, phonetic] = text.split('=').map((group) => group.trim());
  const name: JsonPersonName = {};
  if (alphabetic) name.Alphabetic = alphabetic;
  if (ideographic) name.Ideographic = ideographic;
  if (phonetic) name.Phonetic = phonetic;
  return Object.keys(name).length > 0 ? name : null;
}
