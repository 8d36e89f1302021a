import { create } from 'content-disposition';

/**
 * The `Content-Disposition` of a file: ASCII `filename` and, where the name needs it, `filename*` (RFC 6266, RFC 8187).
 *
 * Control and format characters go: a line break would begin another header, and a right-to-left override shows
 * `gpj.exe` as `exe.jpg`.
 */
export const disposition = (type: 'inline' | 'attachment', fileName: string): string =>
  create(
    fileName
      .replace(/[\p{Cc}\p{Cf}]/gu, '')
      .replace(/[\\/]/g, '_')
      .toWellFormed() || 'image',
    { type },
  );
