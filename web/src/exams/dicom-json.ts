/** The part of a DICOM JSON attribute (PS3.18 F.2.2) that the page reads. */
export interface Attribute {
  vr: string;
  Value?: readonly unknown[];
  BulkDataURI?: string;
  InlineBinary?: string;
}

/** Attributes by tag (`GGGGEEEE`). */
export type Attributes = Readonly<Record<string, Attribute>>;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Whether a response is a list of DICOMweb: an array of data sets. */
export const isDataSets = (body: unknown): body is Attributes[] =>
  Array.isArray(body) && body.every((each) => isObject(each) && !Array.isArray(each));

/** Formats a value for users. A name has all its component groups, the alphabetic one first (PS3.5 6.2.1.1). */
export function valueText(value: unknown): string {
  if (!isObject(value)) return value === null || value === undefined ? '' : String(value);
  const groups = ['Alphabetic', 'Ideographic', 'Phonetic'].map((group) => Reflect.get(value, group));
  return groups
    .filter((group) => typeof group === 'string' && group !== '')
    .map((name) => String(name).split('^').filter(Boolean).join(' '))
    .join(' · ');
}

/** The first value of an attribute as text; empty if there is none. */
export const textOf = (attributes: Attributes, tag: string): string =>
  valueText(attributes[tag]?.Value?.[0]).trim();

/** The numbers of an attribute. Other values are left out. */
export const numbersOf = (attributes: Attributes, tag: string): number[] =>
  (attributes[tag]?.Value ?? [])
    .filter((value) => value !== null && value !== '')
    .map(Number)
    .filter(Number.isFinite);

export const numberOf = (attributes: Attributes, tag: string): number | undefined =>
  numbersOf(attributes, tag)[0];

/** The items of a sequence. */
export const itemsOf = (attributes: Attributes, tag: string): Attributes[] => {
  const items = attributes[tag]?.Value ?? [];
  return isDataSets(items) ? items : [];
};

/** Formats a date (`YYYYMMDD`) as ISO 8601. Returns other text unchanged. */
export const dayText = (text: string): string => text.replace(/^(\d{4})\.?(\d\d)\.?(\d\d)$/, '$1-$2-$3');

/** Formats a time (`HHMMSS.FFFFFF`, possibly shorter) as ISO 8601. Returns other text unchanged. */
export const timeText = (text: string): string =>
  text.replace(/^(\d\d)(\d\d)(\d\d)?(?:\.\d+)?$/, (_match, hours, minutes, seconds) =>
    [hours, minutes, seconds].filter(Boolean).join(':'),
  );
