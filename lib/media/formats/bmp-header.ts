import { RejectedImage } from '../rejected-image.ts';

/** The headers of a BMP (Microsoft, "Bitmap Storage"; the OS/2 variants as in the BMP Suite by Jason Summers). */
export interface BmpHeader {
  width: number;
  height: number;
  /** Rows from top to bottom; otherwise from bottom to top. */
  isTopDown: boolean;
  bits: 1 | 2 | 4 | 8 | 16 | 24 | 32;
  isRunLength: boolean;
  /** Offset of the pixels. */
  pixelsAt: number;
  /** Red, green, blue, alpha: the bits of each in a pixel of 16 or 32 bits. */
  masks: readonly [red: number, green: number, blue: number, alpha: number];
  /** Red, green and blue of each index; black for indexes without a color. For 8 bits and less only. */
  palette: Uint8Array;
}

/** Values of `biCompression`. */
const compressions = { none: 0, rle8: 1, rle4: 2, bitFields: 3, jpeg: 4, png: 5, alphaBitFields: 6 } as const;

/** Sizes of the header: OS/2 1.x, Windows 3, its first extension with room for alpha; OS/2 2.x whole and cut short. */
const CORE = 12;
const INFO = 40;
const WITH_ALPHA = 56;
const OS2 = [64, 16];

/**
 * Parses the headers, masks and palette of a BMP.
 *
 * @throws RejectedImage for an unsupported variant, or a header that contradicts itself
 */
export function readBmpHeader(bytes: Uint8Array): BmpHeader {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const headerBytes = file.readUInt32LE(14);
  const isCore = headerBytes === CORE;
  if (file.length < 14 + headerBytes || (!isCore && headerBytes < 16)) throw damaged('its header is cut');
  /** A field that short headers lack: 0 then. */
  const field = (at: number) => (at + 4 <= 14 + headerBytes ? file.readUInt32LE(at) : 0);

  const width = isCore ? file.readUInt16LE(18) : file.readInt32LE(18);
  const signedHeight = isCore ? file.readUInt16LE(20) : file.readInt32LE(22);
  const bits = file.readUInt16LE(isCore ? 24 : 28);
  const compression = isCore ? 0 : field(30);
  if (width < 1 || signedHeight === 0) throw damaged(`its size is ${width}×${signedHeight}`);
  requireReadable(compression, bits, OS2.includes(headerBytes));

  const pixelsAt = file.readUInt32LE(10);
  if (pixelsAt < 14 + headerBytes || pixelsAt >= file.length) throw damaged('its pixels are missing');
  return {
    width,
    height: Math.abs(signedHeight),
    isTopDown: signedHeight < 0,
    bits: bits as BmpHeader['bits'],
    isRunLength: compression === compressions.rle4 || compression === compressions.rle8,
    pixelsAt,
    masks: readMasks(),
    palette: readPalette(),
  };

  function readMasks(): BmpHeader['masks'] {
    const isMasked = compression === compressions.bitFields || compression === compressions.alphaBitFields;
    if (!isMasked)
      return bits === 16 ? [0x7c00, 0x03e0, 0x001f, 0] : [0x00ff_0000, 0x0000_ff00, 0x0000_00ff, 0];
    // After the Windows 3 header, at the offset of the mask fields in longer headers.
    const hasAlpha =
      headerBytes >= WITH_ALPHA || (headerBytes === INFO && compression === compressions.alphaBitFields);
    const end = 54 + (hasAlpha ? 16 : 12);
    if (file.length < end) throw damaged('its colour masks are cut');
    const mask = (at: number) => file.readUInt32LE(at);
    const masks = [mask(54), mask(58), mask(62), hasAlpha ? mask(66) : 0] as const;
    if (!masks.every((each) => each < 2 ** bits && isOneRun(each)))
      throw damaged('its colour masks have gaps');
    return masks;
  }

  function readPalette(): Uint8Array {
    const palette = new Uint8Array(3 * 256);
    if (bits > 8) return palette;
    const entryBytes = isCore ? 3 : 4;
    const start = 14 + headerBytes;
    // A palette may be truncated by the pixels. Entries beyond the highest index are ignored.
    const room = Math.floor((pixelsAt - start) / entryBytes);
    const count = Math.min(field(46) || 1 << bits, 1 << bits, room);
    for (let i = 0; i < count; i++) {
      const at = start + i * entryBytes;
      palette.set([file.readUInt8(at + 2), file.readUInt8(at + 1), file.readUInt8(at)], 3 * i);
    }
    return palette;
  }
}

function requireReadable(compression: number, bits: number, isOs2: boolean): void {
  const { none, rle8, rle4, bitFields, jpeg, png, alphaBitFields } = compressions;
  // In OS/2 2.x the numbers 3 and 4 are Huffman coding and run lengths of 24 bits.
  if (isOs2 && compression > rle4) throw unreadable('is compressed as on OS/2');
  if (compression === jpeg || compression === png) {
    throw unreadable(`holds a ${compression === jpeg ? 'JPEG' : 'PNG'} meant for a printer`);
  }
  const allowed: Record<number, readonly number[]> = {
    [none]: [1, 2, 4, 8, 16, 24, 32],
    [rle8]: [8],
    [rle4]: [4],
    [bitFields]: [16, 32],
    [alphaBitFields]: [16, 32],
  };
  if (!allowed[compression]?.includes(bits)) {
    throw unreadable(`has ${bits} bits for each pixel and compression ${compression}`);
  }
}

/** The position of the lowest bit of a mask. */
export const shiftOf = (mask: number) => (mask === 0 ? 0 : 31 - Math.clz32(mask & -mask));

/** Whether the bits of a mask are contiguous. */
function isOneRun(mask: number): boolean {
  const low = mask >>> shiftOf(mask);
  return (low & (low + 1)) === 0;
}

/** The offset of a row of the file in an image with rows from top to bottom. */
export const rowStart = ({ width, height, isTopDown }: BmpHeader, row: number, channels: number) =>
  (isTopDown ? row : height - 1 - row) * width * channels;

const damaged = (what: string) =>
  new RejectedImage(`This BMP file is damaged: ${what}. Please save or send it again.`);

const unreadable = (what: string) =>
  new RejectedImage(`This BMP file ${what}, which is not accepted. Please save it as PNG or JPEG.`);
