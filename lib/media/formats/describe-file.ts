// biome-ignore-all lint/suspicious/noControlCharactersInRegex: magic numbers are made of control characters

import { isUtf8 } from 'node:buffer';
import { fileHead, type HeadTest, hasOtherCoding } from './image-format.ts';
import { isRawPhotograph } from './tiff-pictures.ts';

/** Known file types that are not supported, the most specific magic numbers first. */
const knownFiles: readonly [name: string, matches: HeadTest][] = [
  ['an empty file', /^$/],
  ['a DICOM file', /^.{128}DICM/s], // DICOM PS3.10, 7.1
  ['a damaged PNG file', /^(?:.PNG|\x89.NG|\x89P.G|\x89PN)/s], // PNG 3rd edition, 5.2: the signature shows such damage
  ['a HEIF file in an unusual coding', hasOtherCoding],
  // Canon, Canon of old, Olympus, Panasonic, Fuji, Sigma, Minolta; ExifTool
  [
    'a raw photograph',
    /^(?:.{4}ftypcrx |II.{4}HEAPCCDR|II(?:RO|RS|U\0)|MMOR|FUJIFILMCCD-RAW|FOVb|\0MR[MI])/s,
  ],
  ['a JPEG 2000 file', /^(?:\0\0\0\x0cjP {2}\r\n\x87\n|\xff\x4f\xff\x51)/], // ITU-T T.800 I.5.1 and A.4
  ['a JPEG XL file', /^(?:\0\0\0\x0cJXL \r\n\x87\n|\xff\x0a)/], // ISO/IEC 18181-2, 9.1 and -1
  ['a video', /^(?:.{4}ftyp|\x1aE\xdf\xa3|RIFF.{4}AVI )/s], // ISO/IEC 14496-12, 4.3; RFC 8794; AVI RIFF
  ['a Photoshop file', /^8BPS/], // Adobe Photoshop File Formats, "File Header Section"
  ['a ZIP archive', /^PK(?:\x03\x04|\x05\x06|\x07\x08)/], // APPNOTE.TXT 4.3.7, 4.3.16, 8.5.4
  ['a gzip archive', /^\x1f\x8b/], // RFC 1952, 2.3.1
  ['a RAR archive', /^Rar!\x1a\x07/], // RAR 5.0 archive format
  ['a 7-Zip archive', /^7z\xbc\xaf\x27\x1c/], // 7zFormat.txt
  ['an icon (ICO)', /^\0\0\x01\0[^\0]\0/], // Microsoft, ICONDIR: reserved, type 1, count
  ['a mouse pointer (CUR)', /^\0\0\x02\0[^\0]\0/], // the same, type 2
  ['an OS/2 bitmap array', /^BA.{12}BM/s], // OS/2 2.0, BITMAPARRAYFILEHEADER
  ['an SGI file', /^\x01\xda[\0\x01][\x01\x02]/], // SGI Image File Format 1.00, "The Header"
  ['a program', /^(?:MZ|\x7fELF)/], // PE/COFF 2; System V ABI, "ELF Identification"
  ['an SVG drawing', /^(?:\xef\xbb\xbf)?\s*<(?:[?!].*<)?(?:\w+:)?svg[\s>]/is], // SVG 2, 5.1
  ['a web page (HTML)', /^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body|script)/i], // WHATWG MIME Sniffing, 7.1
  ['an XML document', /^(?:\xef\xbb\xbf)?\s*<[?!]/], // XML 1.0, 2.8
];

/**
 * Describes a file by its first 1024 bytes: "a video", "plain text", "a file of unknown type". For the message
 * about a refused upload only; no decision depends on it.
 */
export function describeFile(bytes: Uint8Array): string {
  const head = fileHead(bytes);
  if (isRawPhotograph(bytes)) return 'a raw photograph';
  const known = knownFiles.find(([, matches]) => matches.test(head))?.[0];
  if (known) return known;
  // WHATWG MIME Sniffing, 7.1: text has no binary data byte.
  const isText = isUtf8(bytes) && !/[\0-\x08\x0b\x0e-\x1a\x1c-\x1f]/.test(head);
  return isText ? 'plain text' : 'a file of unknown type';
}
