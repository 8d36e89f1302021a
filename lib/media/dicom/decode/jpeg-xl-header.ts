import { RejectedImage } from '../../rejected-image.ts';

/** Reads the size and bit depth of a JPEG XL image (ISO/IEC 18181-1 C.2, C.3), bare or in boxes (18181-2). */
export function jpegXlHeader(bytes: Uint8Array): { width: number; height: number; bits: number } {
  const read = bitReader(codestreamOf(bytes));
  if (read(16) !== 0x0aff) throw damaged();
  const { width, height } = sizeHeader(read);
  return { width, height, bits: bitDepth(read) };
}

type ReadBits = (count: number) => number;

/** Reads bits, the least significant first. */
function bitReader(bytes: Uint8Array): ReadBits {
  let at = 0;
  return (count) => {
    let value = 0;
    for (let i = 0; i < count; i++, at++) {
      const byte = bytes[at >> 3];
      if (byte === undefined) throw damaged();
      value += ((byte >> (at & 7)) & 1) * 2 ** i;
    }
    return value;
  };
}

/** U32 of section B.2: two bits select how many follow. */
const sizeOf = (read: ReadBits) => read([9, 13, 18, 30][read(2)] ?? 9) + 1;

function sizeHeader(read: ReadBits): { width: number; height: number } {
  const isSmall = read(1) === 1;
  const side = () => (isSmall ? (read(5) + 1) * 8 : sizeOf(read));
  const height = side();
  const ratio = read(3);
  const [over, under] = ratios[ratio] ?? [1, 1];
  return { height, width: ratio === 0 ? side() : Math.floor((height * over) / under) };
}

const ratios = [undefined, [1, 1], [12, 10], [4, 3], [3, 2], [16, 9], [5, 4], [2, 1]] as const;

/** Reads the beginning of ImageMetadata, up to the bit depth. */
function bitDepth(read: ReadBits): number {
  const isAllDefault = read(1) === 1;
  if (isAllDefault) return 8;
  const hasExtraFields = read(1) === 1;
  if (hasExtraFields) {
    read(3); // orientation
    if (read(1) === 1) sizeHeader(read); // intrinsic size
    // A preview or an animation: no DICOM frame has one.
    if (read(1) === 1 || read(1) === 1) throw damaged();
  }
  const isFloat = read(1) === 1;
  if (isFloat) throw damaged();
  const choice = read(2);
  return [8, 10, 12][choice] ?? read(6) + 1;
}

/** Returns the codestream from its box: the whole (jxlc) or its first part (jxlp, after a number of four bytes). */
function codestreamOf(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0xff) return bytes;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 8 <= view.length; ) {
    const length = view.readUInt32BE(at);
    const type = view.toString('latin1', at + 4, at + 8);
    if (type === 'jxlc') return bytes.subarray(at + 8);
    if (type === 'jxlp') return bytes.subarray(at + 12);
    if (length < 8) throw damaged();
    at += length;
  }
  throw damaged();
}

const damaged = () =>
  new RejectedImage('This DICOM image is damaged: what should be JPEG XL is something else.');
