const maxBytes = 200;

/**
 * Makes file names safe to unpack anywhere, and distinct also where case and Unicode form do not count.
 *
 * Same order, same length, and the same names give the same answer. Of two that would be one file the second becomes
 * `name (2).jpg`. Each is one plain name in NFC, at most 200 bytes of UTF-8, its extension kept: room for a folder
 * and a suffix below the 255 of common file systems.
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

/** The last part of a path, without what is dangerous to a file system, a terminal or a reader's eye. */
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

function split(name: string): { stem: string; extension: string } {
  const { stem = '', extension = '' } =
    /^(?<stem>.*?)(?<extension>\.[^. ]{1,16})?[. ]*$/su.exec(name)?.groups ?? {};
  return { stem, extension };
}

function join(stem: string, number: string, extension: string): string {
  const room = maxBytes - Buffer.byteLength(number + extension);
  const short = cut(stem, room).replace(/[. ]+$/, '') || 'image';
  // Windows, "Naming Files": devices, with any extension, also with spaces before it.
  const isDevice = /^(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$) *(?:\.|$)/i;
  const joined = short + number + extension;
  return isDevice.test(joined) ? `_${joined}` : joined;
}

/** The longest beginning of whole characters that fits. */
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
 * Equal for names that some file system takes for one: NTFS and APFS ignore case, APFS and HFS+ the Unicode form, HFS+
 * invisible characters. Upper case first, which also joins ß with ss and ſ with s, as APFS does.
 */
function sameFileKey(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC');
}
