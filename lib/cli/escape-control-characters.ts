/** Escapes control characters in untrusted text (file names of a CD, responses) before a terminal prints it. */
export const escapeControlCharacters = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '�');
