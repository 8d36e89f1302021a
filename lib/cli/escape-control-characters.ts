/** Text of others (file names of a CD, answers) as a terminal may show it: without characters that command it. */
export const escapeControlCharacters = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '�');
