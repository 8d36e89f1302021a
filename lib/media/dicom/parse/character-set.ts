import { convertBytes } from 'dicom-character-set';
import { bytesOf, type DataSet } from './data-set.ts';
import type { Vr } from './vr.ts';

const SPECIFIC_CHARACTER_SET = '00080005';

/** Normalizes a defined term of (0008,0005) (PS3.3 C.12.1.1.2), misspelled ones included. */
function normalise(term: string): string {
  const name = term
    .trim()
    .toUpperCase()
    .replace(/[\s_-]+/g, ' ');
  if (name === '' || name === 'ISO IR 6' || name === 'ASCII') return '';
  if (/^(?:UTF ?8|ISO (?:2022 )?IR 192)$/.test(name)) return 'ISO_IR 192';
  if (/^GB ?18030$/.test(name)) return 'GB18030';
  if (/^(?:GBK|GB ?2312)$/.test(name)) return 'GBK';
  if (/^(?:LATIN ?1|ISO ?8859 1)$/.test(name)) return 'ISO_IR 100';
  const [, extended, number = ''] = name.match(/^ISO (2022 )?IR (\d+)$/) ?? [];
  if (number === '') return name;
  return `${extended || ONLY_EXTENDED.has(number) ? 'ISO 2022 IR' : 'ISO_IR'} ${number}`;
}

/** Character sets that exist only with code extensions (PS3.3 table C.12-4), whatever a file calls them. */
const ONLY_EXTENDED = new Set(['58', '87', '149', '159']);

/** The character sets of a data set: an item's own, else those of the enclosing data set. */
function characterSetsOf(dataSet: DataSet): string {
  for (let set: DataSet | undefined = dataSet; set; set = set.parent) {
    const element = set.elements.get(SPECIFIC_CHARACTER_SET);
    if (element)
      return Buffer.from(bytesOf(set, element))
        .toString('latin1')
        .replaceAll('\0', '')
        .split('\\')
        .map(normalise)
        .join('\\');
  }
  return '';
}

/**
 * All sets with code extensions (PS3.3 table C.12-3 and C.12-4). Names switch back to ASCII, which nobody declares, and
 * some to what they should have declared: each escape sequence means one set alone, so that all may be understood.
 */
const extensions = [6, 100, 101, 109, 110, 144, 127, 126, 138, 148, 166, 13, 87, 159, 149, 58]
  .map((number) => `ISO 2022 IR ${number}`)
  .join('\\');

/** Cached by data set, because every text value needs them. */
const converters = new WeakMap<DataSet, string>();

/** Decodes text in the data set's character sets, with or without code extensions (PS3.5 6.1.2.4 to 6.1.2.5). */
export function decodeText(dataSet: DataSet, bytes: Uint8Array, vr: Vr): string {
  if (isAscii(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  let sets = converters.get(dataSet);
  if (sets === undefined) {
    sets = characterSetsOf(dataSet);
    converters.set(dataSet, sets);
  }
  try {
    // No declared set, but not ASCII. The library would replace each letter; a guess is nearly always right.
    if (/\\|2022/.test(sets)) return decodeExtended(sets, bytes, vr);
    // The library lacks Latin alphabet No. 9, which is new in 2020.
    if (sets === 'ISO_IR 203') return new TextDecoder('iso-8859-15').decode(bytes);
    if (sets !== '') return convertBytes(sets, bytes, { vr });
  } catch {
    // An unknown term or escape sequence: a partly correct name is better than none.
  }
  return decodeLabelled(sets, bytes) ?? guess(bytes);
}

/** The replacement character for undecodable bytes. */
const FAULT = '\uFFFD';

/**
 * Decodes text with code extensions. Many writers omit the initial escape sequence. Such text is decoded in the one
 * declared set that decodes it without an error, if there is exactly one.
 */
function decodeExtended(sets: string, bytes: Uint8Array, vr: Vr): string {
  const readIn = (initial: string) => convertBytes(`${initial}\\${extensions}`, bytes, { vr });
  const declared = sets.split('\\');
  const asDeclared = readIn(declared[0] ?? '');
  if (!bytes.some((byte) => byte >= 0x80)) return asDeclared;
  if (!WITHOUT_HIGH_HALF.has(declared[0] ?? '') && !asDeclared.includes(FAULT)) return asDeclared;
  const isEscaped = bytes.includes(0x1b);
  const texts = declared
    .flatMap((set) => [
      ...(WITHOUT_HIGH_HALF.has(set) ? [] : [readIn(set)]),
      ...(isEscaped ? [] : withoutEscapes(set, bytes)),
    ])
    .filter((text) => !text.includes(FAULT));
  const [text, ...others] = new Set(texts);
  if (text !== undefined && others.length === 0) return text;
  const isUnknown = text === undefined && !isEscaped;
  return (isUnknown ? decodeStrictly('utf-8', bytes) : undefined) ?? asDeclared;
}

/** Sets in which bytes from 0x80 on are undefined without an escape sequence. */
const WITHOUT_HIGH_HALF = new Set(['', 'ISO 2022 IR 6', 'ISO 2022 IR 87', 'ISO 2022 IR 159']);

/** Japanese sets as written by systems without escape sequences. */
function withoutEscapes(set: string, bytes: Uint8Array): string[] {
  const extended = decodeStrictly('euc-jp', bytes) ?? FAULT;
  const shifted = decodeStrictly('shift_jis', bytes) ?? FAULT;
  if (/ 159$/.test(set)) return [extended];
  if (/ 13$/.test(set)) return [shifted];
  // JIS X 0208 has no half-width katakana.
  if (/ 87$/.test(set)) return [extended, shifted].filter((text) => !/[\uFF61-\uFF9F]/.test(text));
  return [];
}

/** Decodes text in a set that is declared by a name from outside of DICOM, such as `EUC-KR`. */
function decodeLabelled(name: string, bytes: Uint8Array): string | undefined {
  return name === '' ? undefined : decodeStrictly(name.replaceAll(' ', '-'), bytes);
}

/** Returns undefined if the bytes are invalid in the encoding, or the encoding is unknown. */
function decodeStrictly(label: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Valid UTF-8 is hardly ever a coincidence. Otherwise decodes as Latin-1, in which every byte is valid. */
function guess(bytes: Uint8Array): string {
  return decodeStrictly('utf-8', bytes) ?? new TextDecoder('latin1').decode(bytes);
}

/** Only ASCII and no escape sequence: the same in all sets, except for the yen sign of JIS X 0201. */
function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80 && byte !== 0x1b);
}
