/** The library has no types of its own. */
declare module 'dicom-character-set' {
  /** @throws Error for a character set or an escape sequence that it does not know */
  export function convertBytes(
    specificCharacterSet: string,
    bytes: Uint8Array,
    options?: { vr?: string },
  ): string;
}
