import { RejectedImage } from '../../rejected-image.ts';
import type { CodecCoding } from '../transfer-syntaxes.ts';
import { UnsupportedPixelData } from '../unsupported-pixel-data.ts';
import { jpegXlHeader } from './jpeg-xl-header.ts';

/** The header of a codestream, checked before it is decoded: 910 bytes can claim 65535×65535 pixels. */
export interface CodestreamHeader {
  width: number;
  height: number;
  /** Undefined for JPEG XL, whose header is too complex to read it. */
  components?: number;
  bits: number;
  isSigned: boolean;
  /** Whether the decoder returns one plane after the other. */
  isPlanar: boolean;
  /** Whether the codestream is lossless JPEG, for which no decoder guesses the colour space. */
  isLosslessJpeg: boolean;
  /** Whether the decoder itself converts the colours to RGB (JPEG 2000's multiple component transformation). */
  isTransformed: boolean;
  /** The colour space that a JPEG of three components declares; undefined if it declares none. */
  colours?: 'RGB' | 'YCbCr';
}

/** Reads the header of a codestream. */
export function codestreamHeader(coding: CodecCoding, bytes: Uint8Array): CodestreamHeader {
  if (coding === 'jpeg' || coding === 'jpeg-ls') return jpegHeader(bytes);
  if (coding === 'jpeg-2000' || coding === 'htj2k') return jpeg2000Header(bytes);
  // The decoder of JPEG XL returns RGB for any stored colour space.
  const traits = { isSigned: false, isPlanar: false, isLosslessJpeg: false, isTransformed: true };
  return { ...jpegXlHeader(bytes), ...traits };
}

const EOI = Buffer.from([0xff, 0xd9]);

/** ITU-T T.81 B.2.2 and T.87 C.2.2: the frame header, and the interleave mode in the following scan header. */
function jpegHeader(bytes: Uint8Array): CodestreamHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: (CodestreamHeader & { components: number }) | undefined;
  let application: CodestreamHeader['colours'];
  for (let at = findMarker(bytes, 0xd8) + 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) throw damaged();
    const marker = bytes[at + 1] ?? 0;
    // Fill bytes, and markers without a segment.
    if (marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const length = view.getUint16(at + 2);
    if (length < 2 || at + 2 + length > bytes.length) throw damaged();
    application ??= coloursOfApplication(marker, bytes.subarray(at + 4, at + 2 + length));
    const isFrame =
      (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) || marker === 0xf7;
    if (isFrame && length >= 8)
      header = {
        bits: view.getUint8(at + 4),
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        components: view.getUint8(at + 9),
        isSigned: false,
        isPlanar: false,
        isLosslessJpeg: marker === 0xc3,
        isTransformed: false,
        ...coloursOfComponents(bytes.subarray(at + 10, at + 2 + length)),
      };
    if (marker === 0xda) {
      if (!header) throw damaged();
      // Decoders silently fill missing pixels with grey. Within entropy-coded data, 0xFF is always followed by a zero
      // byte or a zero bit (T.81 B.1.1.5, T.87 A.1), so these two bytes occur only at the end.
      if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(EOI, at))
        throw new RejectedImage('This DICOM image is incomplete: its compressed pixels end too early.');
      // In JPEG-LS, the last bytes are NEAR, ILV and the point transform. Without interleaving, each component has a
      // scan of its own.
      const isJpegLs = findFrameOfJpegLs(bytes, at);
      const isPlanar = isJpegLs && header.components > 1 && bytes[at + length] === 0;
      return { ...header, ...(application && { colours: application }), isPlanar };
    }
    at += 2 + length;
  }
  throw damaged();
}

/**
 * JFIF implies YCbCr (ITU-T T.871, 6.1); Adobe's segment names the applied transform (T.872, 6.5.3). The first segment
 * counts.
 */
function coloursOfApplication(marker: number, segment: Uint8Array): CodestreamHeader['colours'] {
  const text = Buffer.from(segment.subarray(0, 5)).toString('latin1');
  if (marker === 0xe0 && text === 'JFIF\0') return 'YCbCr';
  if (marker !== 0xee || text !== 'Adobe' || segment.length < 12) return undefined;
  return segment[11] === 0 ? 'RGB' : segment[11] === 1 ? 'YCbCr' : undefined;
}

/** Components with the letters R, G and B as identifiers are RGB, as in libjpeg. */
function coloursOfComponents(components: Uint8Array): Pick<CodestreamHeader, 'colours'> {
  const letters = String.fromCharCode(components[0] ?? 0, components[3] ?? 0, components[6] ?? 0);
  return letters === 'RGB' ? { colours: 'RGB' } : {};
}

const findFrameOfJpegLs = (bytes: Uint8Array, before: number) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, before).includes(Buffer.from([0xff, 0xf7, 0x00]));

function findMarker(bytes: Uint8Array, marker: number): number {
  if (bytes[0] !== 0xff || bytes[1] !== marker) throw damaged();
  return 0;
}

/** ITU-T T.800 A.5.1 (SIZ) and A.6.1 (COD); within a JP2 file the codestream is in a box. */
function jpeg2000Header(bytes: Uint8Array): CodestreamHeader {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = buffer.indexOf(Buffer.from([0xff, 0x4f, 0xff, 0x51]));
  if (start < 0 || start + 44 > bytes.length) throw damaged();
  const siz = start + 4;
  const components = buffer.readUInt16BE(siz + 36);
  if (components === 0 || siz + 38 + components * 3 > bytes.length) throw damaged();
  const parts = Array.from({ length: components }, (_value, i) =>
    buffer.subarray(siz + 38 + i * 3, siz + 41 + i * 3),
  );
  const [first] = parts;
  if (!first || parts.some((part) => part[0] !== first[0] || part[1] !== 1 || part[2] !== 1))
    throw new UnsupportedPixelData(
      'This DICOM image is JPEG 2000 with components of different sizes, which can’t be shown.',
    );
  return {
    width: buffer.readUInt32BE(siz + 4) - buffer.readUInt32BE(siz + 12),
    height: buffer.readUInt32BE(siz + 8) - buffer.readUInt32BE(siz + 16),
    components,
    bits: ((first[0] ?? 0) & 0x7f) + 1,
    isSigned: (first[0] ?? 0) > 0x7f,
    isPlanar: false,
    isLosslessJpeg: false,
    isTransformed: usesTransformation(buffer, siz + buffer.readUInt16BE(siz)),
  };
}

function usesTransformation(buffer: Buffer, afterSiz: number): boolean {
  for (let at = afterSiz; at + 10 <= buffer.length && buffer[at] === 0xff && buffer[at + 1] !== 0x90; ) {
    if (buffer[at + 1] === 0x52) return buffer[at + 8] === 1;
    at += 2 + buffer.readUInt16BE(at + 2);
  }
  return false;
}

const damaged = () =>
  new RejectedImage('This DICOM image is damaged: what should be compressed pixels is something else.');
