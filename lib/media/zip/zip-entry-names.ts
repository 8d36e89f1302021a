const maxBytes = 200;

/**
 * Makes file names safe to unpack on any system, and distinct even if case and Unicode normalization are ignored.
 *
 * The result has the same order and length, and is deterministic. The second of two equal names becomes `name (2).jpg`.
 * Each result is a plain name in NFC of at most 200 bytes of UTF-8 with its extension, which leaves room for a folder
 * and a suffix within the 255 bytes of common file systems.
 */
export function safeEntryNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  const lastNumber = new Map<string, number>();
  return names.map((name) => {
    const { stem, extension } = split(clean(name));
    const plain = join(stem, '', extension);
    let safe = plain;
    let number = lastNumber.get(sameFileKey(plain)) ?? 1;
    while (taken.has(sameFileKey(safe))) {
      number += 1;
      safe = join(stem, ` (${number})`, extension);
    }
    lastNumber.set(sameFileKey(plain), number); // or many files of one name would take quadratic time
    taken.add(sameFileKey(safe));
    return safe;
  });
}

/** The last segment of a path, without characters that are dangerous for a file system, a terminal or a reader. */
function clean(name: string): string {
  const lastPart =
    name
      .toWellFormed()
      .split(/[/\\]/)
      .findLast((part) => /[^\s.]/.test(part)) ?? '';
  return lastPart
    .replace(/\p{Cf}/gu, '') // bidi overrides (Unicode TR36, 2.5) and zero-width characters: "gpj.exe" must not read "exe.jpg"
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}<>:"|?*]/gu, '_') // Windows, "Naming Files": what no name may hold; CR and LF are Cc
    .replace(/\s/gu, ' ')
    .replace(/\.{2,}/g, '.')
    .replace(/^[\s.~-]+/u, ''); // hidden files; options and homes in a shell
}

/** The lookbehind makes each run of dots count once, so that the time stays linear. */
const TRAILING = /(?<![. ])[. ]+$/;

function split(name: string): { stem: string; extension: string } {
  const trimmed = name.replace(TRAILING, '');
  const [extension = ''] = /\.[^. ]{1,16}$/u.exec(trimmed) ?? [];
  return { stem: trimmed.slice(0, trimmed.length - extension.length), extension };
}

function join(stem: string, number: string, extension: string): string {
  const room = maxBytes - Buffer.byteLength(number + extension);
  const short = cut(stem, room).replace(TRAILING, '') || 'image';
  // Windows, "Naming Files": devices, with any extension, also with spaces before it.
  const isDevice = /^(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$) *(?:\.|$)/i;
  const joined = short + number + extension;
  return isDevice.test(joined) ? `_${joined}` : joined;
}

/** The longest prefix of whole characters that fits. */
function cut(text: string, bytes: number): string {
  let end = 0;
  let left = bytes;
  for (const character of text) {
    left -= Buffer.byteLength(character);
    if (left < 0) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/**
 * A key that is equal for names which some file system treats as one: NTFS and APFS ignore case, APFS and HFS+ the
 * Unicode form, HFS+ invisible characters. Upper case first, which also maps ß to SS and ſ to S, as APFS does.
 */
function sameFileKey(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC');
}
