/**
 * Normalizes a name for searches: compatibility forms as their usual characters (NFKD: full-width Latin, half-width kana,
 * ligatures), without accents and other combining marks, in capitals, each Hangul syllable as one character.
 */
export const searchName = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toUpperCase()
    .normalize('NFC');
