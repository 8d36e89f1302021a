import { convertBytes } from 'dicom-character-set';
import { bytesOf, type DataSet } from './data-set.ts';
import type { Vr } from './vr.ts';

const SPECIFIC_CHARACTER_SET = '00080005';

/** Defined terms of (0008,0005) (PS3.3 C.12.1.1.2), and how writers misspell them. */
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
  const [, extended, number] = name.match(/^ISO (2022 )?IR (\d+)$/) ?? [];
  return number ? `${extended ? 'ISO 2022 IR' : 'ISO_IR'} ${number}` : name;
}

/** The character sets that hold in a data set, an item's own before those around it. */
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

/** By data set, since every text of it asks. */
const converters = new WeakMap<DataSet, string>();

/** Text in the data set's character sets, with or without code extensions (PS3.5 6.1.2.4 to 6.1.2.5). */
export function decodeText(dataSet: DataSet, bytes: Uint8Array, vr: Vr): string {
  if (isAscii(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  let sets = converters.get(dataSet);
  if (sets === undefined) {
    sets = characterSetsOf(dataSet);
    converters.set(dataSet, sets);
  }
  try {
    // Nothing declared, and yet no ASCII: the library would say so of each letter, where a guess is nearly always right.
    if (/\\|2022/.test(sets)) return convertBytes(`${sets}\\${extensions}`, bytes, { vr });
    // Latin alphabet No. 9, new in 2020, is not in the library.
    if (sets === 'ISO_IR 203') return new TextDecoder('iso-8859-15').decode(bytes);
    if (sets !== '') return convertBytes(sets, bytes, { vr });
  } catch {
    // An unknown term or escape sequence: a name half right is better than none.
  }
  return guess(bytes);
}

/** UTF-8 is hardly ever right by chance; otherwise the Western alphabet, in which every byte is a letter. */
function guess(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
}

/** Neither the high half nor an escape sequence: the same in all of them, but for the yen of JIS X 0201. */
function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80 && byte !== 0x1b);
}
