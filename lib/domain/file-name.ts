/** Extensions by the type of file that has them; the first is what a name gets that has one of another type. */
const extensionsOf: Record<string, readonly string[]> = {
  'image/jpeg': ['jpg', 'jpeg', 'jpe', 'jfif', 'jfi', 'jif', 'pjpeg', 'pjp', 'mpo'],
  'image/png': ['png', 'apng'],
  'image/gif': ['gif'],
  'image/webp': ['webp'],
  'image/tiff': ['tiff', 'tif'],
  'image/avif': ['avif', 'avifs'],
  'image/bmp': ['bmp', 'dib'],
  'application/pdf': ['pdf'],
};

/** Of formats that are never kept as images: a name may still have them. */
const ofOthers = [
  'heic',
  'heif',
  'hif',
  'jp2',
  'j2k',
  'jpx',
  'jxl',
  'svg',
  'svgz',
  'ico',
  'psd',
  'dcm',
  'dicom',
  'dng',
  'nef',
  'nrw',
  'cr2',
  'cr3',
  'crw',
  'arw',
  'sr2',
  'srf',
  'orf',
  'pef',
  'raf',
  'rw2',
  'srw',
  '3fr',
  'iiq',
  'mp4',
  'mov',
  'm4v',
  'avi',
  'webm',
  'zip',
  'doc',
  'docx',
  'txt',
  'html',
  'htm',
  'exe',
];

const known = new Set([...Object.values(extensionsOf).flat(), ...ofOthers]);

/**
 * The name under which a file goes out: as it came, but for an extension of another format than the bytes have, which
 * programs would believe. Names without an extension, or with one of no known format, stay.
 */
export function outgoingFileName({ fileName, mimeType }: { fileName: string; mimeType: string }): string {
  const right = extensionsOf[mimeType];
  const [, stem = '', extension = ''] = /^(.+)\.([^./\\]+?)[. ]*$/s.exec(fileName) ?? [];
  const lower = extension.toLowerCase();
  if (!right || !known.has(lower) || right.includes(lower)) return fileName;
  return `${stem}.${right[0]}`;
}
