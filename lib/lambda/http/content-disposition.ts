/**
 * The `Content-Disposition` of a file: always a quoted ASCII `filename`, which PAC clients expect, and `filename*` if
 * the name needs it (RFC 6266, RFC 8187). The npm package content-disposition omits the quotes where it can.
 *
 * Control and format characters are removed: a line break would begin another header, and a right-to-left override
 * displays `gpj.exe` as `exe.jpg`.
 */
export function contentDisposition(type: 'inline' | 'attachment', fileName: string): string {
  const name =
    fileName
      .toWellFormed()
      .replace(/[\p{Cc}\p{Cf}]/gu, '')
      .replace(/[\\/]/g, '_') || 'image';
  const ascii = name.replace(/[^\x20-\x7e]/gu, '_').replaceAll('"', '\\"');
  return `${type}; filename="${ascii}"${/^[\x20-\x7e]*$/.test(name) ? '' : `; filename*=UTF-8''${encodeExtended(name)}`}`;
}

/** Percent-encodes all but RFC 8187's attr-char; encodeURIComponent leaves a few more characters unencoded. */
const encodeExtended = (name: string) =>
  encodeURIComponent(name).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
