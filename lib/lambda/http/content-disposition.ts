/**
 * The `Content-Disposition` of a file: a quoted ASCII `filename` always, as PAC clients know it, and `filename*` where
 * the name needs it (RFC 6266, RFC 8187). The package of that name leaves the quotes out where it can.
 *
 * Control and format characters go: a line break would begin another header, and a right-to-left override shows
 * `gpj.exe` as `exe.jpg`.
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

/** Percent-encoded but for RFC 8187's attr-char, which encodeURIComponent leaves a little wider. */
const encodeExtended = (name: string) =>
  encodeURIComponent(name).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
