/** File extensions by media type. The first one replaces a wrong extension. */
const extensionsOf: Record<string, readonly string[]> = {
  'image/jpeg': ['jpg', 'jpeg', 'jpe', 'jfif', 'jfi', 'jif', 'pjpeg', 'pjp', 'mpo'],
  'image/png': ['png', 'apng'],
  'image/gif': ['gif'],
  'image/webp': ['webp'],
  'image/tiff': ['tiff', 'tif'],
  'image/avif': ['avif', 'avifs'],
  'image/heic': ['heic', 'heif', 'hif'],
  'image/bmp': ['bmp', 'dib'],
  'application/pdf': ['pdf'],
};

/** Extensions of formats that are never stored as images. Uploaded names may still have them. */
const extensionsNotStored = [
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

const known = new Set([...Object.values(extensionsOf).flat(), ...extensionsNotStored]);

/**
 * Returns the name for a download: the uploaded name, with a corrected extension if it belongs to another format than
 * the bytes, because programs trust the extension. Names without an extension, or with an unknown one, stay the same.
 */
export function outgoingFileName({ fileName, mimeType }: { fileName: string; mimeType: string }): string {
  const right = extensionsOf[mimeType];
  const trimmed = fileName.replace(/(?<![. ])[. ]+$/, '');
  const [, extension = ''] = /\.([^./\\]+)$/.exec(trimmed) ?? [];
  const stem = trimmed.slice(0, -extension.length - 1);
  const lower = extension.toLowerCase();
  if (!right || stem === '' || !known.has(lower) || right.includes(lower)) return fileName;
  return `${stem}.${right[0]}`;
}

/** The original's file name with the number of the page, unless it is the first, and the extension of the format. */
export function copyFileName(fileName: string, { format, page }: { format: string; page: number }): string {
  const name = fileName.replace(/\.[A-Za-z0-9]{1,10}$/, '') || 'image';
  return `${name}${page > 1 ? `-page-${page}` : ''}.${format === 'jpeg' ? 'jpg' : format}`;
}
