/** An attribute of the DICOM JSON model (PS3.18 F.2.2), as far as the page reads it. */
export interface Attribute {
  vr: string;
  Value?: readonly unknown[];
  BulkDataURI?: string;
  InlineBinary?: string;
}

/** Attributes by tag (`GGGGEEEE`). */
export type Attributes = Readonly<Record<string, Attribute>>;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Whether an answer is what DICOMweb's lists are: an array of data sets. */
export const isDataSets = (body: unknown): body is Attributes[] =>
  Array.isArray(body) && body.every((each) => isObject(each) && !Array.isArray(each));

/** A value as people read it: of a name all its groups, alphabetic first (PS3.5 6.2.1.1). */
export function valueText(value: unknown): string {
  if (!isObject(value)) return value === null || value === undefined ? '' : String(value);
  const groups = ['Alphabetic', 'Ideographic', 'Phonetic'].map((group) => Reflect.get(value, group));
  return groups
    .filter((group) => typeof group === 'string' && group !== '')
    .map((name) => String(name).split('^').filter(Boolean).join(' '))
    .join(' · ');
}

/** The first value of an attribute as text; empty where there is none. */
export const textOf = (attributes: Attributes, tag: string): string =>
  valueText(attributes[tag]?.Value?.[0]).trim();

/** The numbers of an attribute; what is no number is none. */
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

/** A day (`YYYYMMDD`) as it is written everywhere; anything else as it is. */
export const dayText = (text: string): string => text.replace(/^(\d{4})\.?(\d\d)\.?(\d\d)$/, '$1-$2-$3');

/** A time of the day (`HHMMSS.FFFFFF`, which may end earlier) as it is written everywhere; anything else as it is. */
export const timeText = (text: string): string =>
  text.replace(/^(\d\d)(\d\d)(\d\d)?(?:\.\d+)?$/, (_match, hours, minutes, seconds) =>
    [hours, minutes, seconds].filter(Boolean).join(':'),
  );
