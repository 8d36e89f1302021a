/** How the pixels of a transfer syntax are written: as they are, or by which codec. */
export type PixelCoding = 'native' | 'rle' | 'deflate' | CodecCoding;

/** The codings that need a codec from a library. */
export type CodecCoding = 'jpeg' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k' | 'jpeg-xl';

/** What a transfer syntax (PS3.5 8 and A, PS3.6 table A-1) says of a file. */
export interface TransferSyntax {
  uid: string;
  name: string;
  isExplicit: boolean;
  isBigEndian: boolean;
  isDeflated: boolean;
  /** Undefined for what we keep but can't decode: video, JPIP, and what is to come. */
  coding?: PixelCoding;
}

const DICOM = '1.2.840.10008.1.2';

const native = (uid: string, name: string, traits: Partial<TransferSyntax> = {}): TransferSyntax => ({
  uid,
  name,
  isExplicit: true,
  isBigEndian: false,
  isDeflated: false,
  coding: 'native',
  ...traits,
});

/** PS3.5 A.4: a data set with encapsulated pixel data is in explicit VR little endian. */
const encapsulated = (uid: string, name: string, coding: PixelCoding) => native(uid, name, { coding });

export const implicitLittleEndian = native(DICOM, 'Implicit VR Little Endian', { isExplicit: false });
export const explicitLittleEndian = native(`${DICOM}.1`, 'Explicit VR Little Endian');
export const explicitBigEndian = native(`${DICOM}.2`, 'Explicit VR Big Endian', { isBigEndian: true });

const known = [
  implicitLittleEndian,
  explicitLittleEndian,
  explicitBigEndian,
  native(`${DICOM}.1.99`, 'Deflated Explicit VR Little Endian', { isDeflated: true }),
  native(`${DICOM}.1.98`, 'Encapsulated Uncompressed Explicit VR Little Endian'),
  encapsulated(`${DICOM}.5`, 'RLE Lossless', 'rle'),
  encapsulated(`${DICOM}.8.1`, 'Deflated Image Frame Compression', 'deflate'),
  encapsulated(`${DICOM}.4.50`, 'JPEG Baseline (Process 1)', 'jpeg'),
  encapsulated(`${DICOM}.4.51`, 'JPEG Extended (Process 2 and 4)', 'jpeg'),
  encapsulated(`${DICOM}.4.53`, 'JPEG Spectral Selection (Process 6 and 8)', 'jpeg'),
  encapsulated(`${DICOM}.4.55`, 'JPEG Full Progression (Process 10 and 12)', 'jpeg'),
  encapsulated(`${DICOM}.4.57`, 'JPEG Lossless (Process 14)', 'jpeg'),
  encapsulated(`${DICOM}.4.70`, 'JPEG Lossless (Process 14, Selection Value 1)', 'jpeg'),
  encapsulated(`${DICOM}.4.80`, 'JPEG-LS Lossless', 'jpeg-ls'),
  encapsulated(`${DICOM}.4.81`, 'JPEG-LS Near-Lossless', 'jpeg-ls'),
  encapsulated(`${DICOM}.4.90`, 'JPEG 2000 Lossless', 'jpeg-2000'),
  encapsulated(`${DICOM}.4.91`, 'JPEG 2000', 'jpeg-2000'),
  encapsulated(`${DICOM}.4.92`, 'JPEG 2000 Part 2 Lossless', 'jpeg-2000'),
  encapsulated(`${DICOM}.4.93`, 'JPEG 2000 Part 2', 'jpeg-2000'),
  encapsulated(`${DICOM}.4.201`, 'High-Throughput JPEG 2000 Lossless', 'htj2k'),
  encapsulated(`${DICOM}.4.202`, 'High-Throughput JPEG 2000 RPCL Lossless', 'htj2k'),
  encapsulated(`${DICOM}.4.203`, 'High-Throughput JPEG 2000', 'htj2k'),
  encapsulated(`${DICOM}.4.110`, 'JPEG XL Lossless', 'jpeg-xl'),
  encapsulated(`${DICOM}.4.111`, 'JPEG XL JPEG Recompression', 'jpeg-xl'),
  encapsulated(`${DICOM}.4.112`, 'JPEG XL', 'jpeg-xl'),
];

const byUid = new Map(known.map((syntax) => [syntax.uid, syntax]));

/** Returns the transfer syntax of a UID. Unknown ones are in explicit VR little endian, like all since 1993. */
export const transferSyntaxOf = (uid: string): TransferSyntax => {
  const syntax = byUid.get(uid);
  if (syntax) return syntax;
  const { coding: _coding, ...rest } = native(uid, uid);
  return rest;
};

/** Whether the UID is one of those above. */
export const isKnownTransferSyntax = (uid: string): boolean => byUid.has(uid);

/** Whether the pixels of the transfer syntax must be decoded. */
export const isCompressed = (uid: string): boolean => transferSyntaxOf(uid).coding !== 'native';

/** Whether the transfer syntax is lossless: decoding returns exactly the original samples. */
export const isLossless = (uid: string): boolean => byUid.get(uid)?.coding !== undefined && !lossy.test(uid);

/** JPEG but its lossless processes, JPEG-LS Near-Lossless, and what may have lost something of the others. */
const lossy = /\.4\.(?:50|51|53|55|81|91|93|203|111|112)$/;
