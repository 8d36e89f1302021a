import { inflateRawSync } from 'node:zlib';
import { RejectedImage } from '../../rejected-image.ts';
import { isHalved, type PixelDescription } from '../parse/describe-pixels.ts';
import type { DicomFile } from '../parse/read-dicom.ts';
import type { CodecCoding } from '../transfer-syntaxes.ts';
import { UnsupportedPixelData } from '../unsupported-pixel-data.ts';
import { type CodestreamHeader, codestreamHeader } from './codestream-header.ts';
import { type CodecLimits, decodeInProcess } from './decode-in-process.ts';
import { decodeRle } from './decode-rle.ts';
import { frameBytes } from './frame-bytes.ts';
import type { CodecJob } from './native-codecs.ts';
import type { Samples } from './samples.ts';
import { storedSamples, unpackBits } from './stored-samples.ts';
import { expand422, ybrFullToRgb, ybrPartialToRgb } from './ybr-to-rgb.ts';

/** A frame's stored values (PS3.3 C.7.6.3): row by row, colours interleaved by pixel, masked and sign-extended. */
export interface DecodedFrame {
  rows: number;
  columns: number;
  samplesPerPixel: number;
  bitsStored: number;
  isSigned: boolean;
  /** RGB if the file declares YBR. */
  photometricInterpretation: string;
  samples: Samples;
}

/**
 * Decodes a frame, counted from 0, from any known transfer syntax.
 *
 * @throws RejectedImage if the frame is damaged, or takes too much time or memory
 * @throws UnsupportedPixelData if there is no decoder for it
 */
export const decodeFrame = async (
  file: DicomFile,
  pixels: PixelDescription,
  frame: number,
  limits: Partial<CodecLimits> = {},
): Promise<DecodedFrame> => toRgb(await decodeStored(file, pixels, frame, limits));

/** Decodes a frame in its stored colour space: without loss, if its compression is lossless. */
export async function decodeStored(
  file: DicomFile,
  pixels: PixelDescription,
  frame: number,
  limits: Partial<CodecLimits> = {},
): Promise<DecodedFrame> {
  const { coding, name } = file.transferSyntax;
  if (pixels.element.isBeyond) throw new Error('the pixels are not in this part of the file');
  if (!coding)
    throw new UnsupportedPixelData(
      `This DICOM image is in the transfer syntax ${name}, which can’t be shown.`,
    );
  const bytes = frameBytes(file, pixels, frame);
  const cells = uncompressedCells(file, pixels, bytes);
  if (cells) return ofCells(cells, pixels);
  const { samplesPerPixel } = pixels;
  const codec = coding as CodecCoding;
  const header = codestreamHeader(codec, bytes);
  refuseContradiction(header, pixels);
  // The decoders' module truncates OpenJPEG's colour samples to 8 bits.
  if (codec === 'jpeg-2000' && samplesPerPixel > 1 && header.bits > 8)
    throw new UnsupportedPixelData(
      `This DICOM image is JPEG 2000 in colours of ${header.bits} bits; at most 8 can be shown.`,
    );
  const job = jobOf(codecs[codec], bytes, pixels, header);
  const decoded = await decodeInProcess(job, limits);
  return ofCodec(decoded, pixels, header, job);
}

/** The pixel cells of a frame (PS3.5 8.1.1), and whether each colour has a plane of its own. */
interface Cells {
  bytes: Uint8Array;
  /** Whether the bytes are no part of the file. */
  isDecoded: boolean;
  isPlanar: boolean;
}

/** Returns the pixel cells of a frame that no codec compressed, otherwise undefined. */
export function uncompressedCells(
  { transferSyntax: { coding } }: DicomFile,
  pixels: PixelDescription,
  bytes: Uint8Array,
): Cells | undefined {
  const { rows, columns, samplesPerPixel, bitsAllocated, isPlanar } = pixels;
  // Some files declare a wrong transfer syntax: without fragments, the pixels are uncompressed.
  if (!pixels.element.fragments || coding === 'native') return { bytes, isDecoded: false, isPlanar };
  if (coding === 'deflate')
    return { bytes: inflateFrame(bytes, Math.ceil(pixels.frameBytes)), isDecoded: true, isPlanar };
  if (coding !== 'rle') return undefined;
  // Single bits are packed as in uncompressed pixel data.
  if (bitsAllocated === 1)
    return {
      bytes: decodeRle(bytes, Math.ceil((rows * columns * samplesPerPixel) / 8), 1, 1),
      isDecoded: true,
      isPlanar,
    };
  return {
    bytes: decodeRle(bytes, rows * columns, samplesPerPixel, bitsAllocated / 8),
    isDecoded: true,
    isPlanar: false,
  };
}

const codecs = {
  jpeg: 'Jpeg',
  'jpeg-ls': 'JpegLs',
  'jpeg-2000': 'Jpeg2000',
  htj2k: 'HtJpeg2000',
  'jpeg-xl': 'JpegXl',
} as const;

function jobOf(
  codec: CodecJob['codec'],
  codestream: Uint8Array,
  pixels: PixelDescription,
  header: CodestreamHeader,
): CodecJob {
  // The colour space in a JPEG takes precedence over the attribute, which the writer may not have updated.
  const isYbr = header.colours
    ? header.colours === 'YCbCr'
    : pixels.photometricInterpretation.startsWith('YBR');
  return {
    codec,
    codestream,
    width: pixels.columns,
    height: pixels.rows,
    components: pixels.samplesPerPixel,
    bits: header.bits,
    isSigned: header.isSigned,
    // A JPEG that declares none is RGB if the attribute says so, whatever its decoder would guess.
    toRgb: codec === 'Jpeg' && pixels.samplesPerPixel === 3 && isYbr && !header.isLosslessJpeg,
  };
}

/** Refuses a codestream that contradicts the attributes: decoders trust one, and read or write out of bounds. */
function refuseContradiction(
  { width, height, components, bits }: CodestreamHeader,
  pixels: PixelDescription,
): void {
  const { columns, rows, samplesPerPixel } = pixels;
  if (width !== columns || height !== rows || (components ?? samplesPerPixel) !== samplesPerPixel)
    throw new RejectedImage(
      `This DICOM file is damaged: it claims ${columns}×${rows} pixels of ${samplesPerPixel} samples, and its image has ${width}×${height} of ${components}.`,
    );
  if (bits > 16 || bits < 1)
    throw new UnsupportedPixelData(
      `This DICOM image is compressed with ${bits} bits for each sample; at most 16 can be shown.`,
    );
}

function ofCells({ bytes, isDecoded, isPlanar }: Cells, pixels: PixelDescription): DecodedFrame {
  const { rows, columns, samplesPerPixel, photometricInterpretation, bitsAllocated } = pixels;
  if (bitsAllocated === 1) {
    const samples = unpackBits(bytes, rows * columns * samplesPerPixel);
    return toDecoded(pixels, samples, photometricInterpretation);
  }
  if (photometricInterpretation.endsWith('_422') && isHalved(pixels)) {
    if (bitsAllocated !== 8)
      throw new UnsupportedPixelData(
        `This DICOM image is ${photometricInterpretation} of ${bitsAllocated} bits; expected 8.`,
      );
    return toDecoded(pixels, expand422(bytes, rows * columns), photometricInterpretation);
  }
  const samples = storedSamples(bytes, pixels, isDecoded);
  return toDecoded(
    pixels,
    isPlanar ? interleaved(samples, samplesPerPixel) : samples,
    photometricInterpretation,
  );
}

function ofCodec(
  decoded: Uint8Array,
  pixels: PixelDescription,
  header: CodestreamHeader,
  job: CodecJob,
): DecodedFrame {
  const count = pixels.rows * pixels.columns * pixels.samplesPerPixel;
  const sampleBytes = decoded.length / count;
  if (sampleBytes !== 1 && sampleBytes !== 2)
    throw new RejectedImage(
      `This DICOM file is damaged: it claims ${pixels.columns}×${pixels.rows} pixels, and its image has others.`,
    );
  const cells = { ...pixels, bitsAllocated: Math.max(sampleBytes * 8, pixels.bitsStored > 8 ? 16 : 8) };
  const samples = storedSamples(
    toCells(decoded, sampleBytes, header, job.codec, cells.bitsAllocated),
    { ...cells, highBit: pixels.bitsStored - 1 },
    true,
  );
  const sideBySide = header.isPlanar ? interleaved(samples, pixels.samplesPerPixel) : samples;
  // libjpeg, JPEG 2000's own transformation and JPEG XL return RGB; all others return the stored colours.
  const isStoredRgb = job.codec === 'Jpeg' && header.colours === 'RGB';
  const isRgb =
    job.toRgb ||
    isStoredRgb ||
    header.isTransformed ||
    /^YBR_(?:ICT|RCT)$|^XYB$/.test(pixels.photometricInterpretation);
  return toDecoded(
    pixels,
    sideBySide,
    pixels.samplesPerPixel === 3 && isRgb ? 'RGB' : pixels.photometricInterpretation,
  );
}

/** Widens the decoder's samples to the size of the file's cells, if the codestream's were smaller. */
function toCells(
  decoded: Uint8Array,
  sampleBytes: number,
  { bits, isSigned }: CodestreamHeader,
  codec: CodecJob['codec'],
  bitsAllocated: number,
): Uint8Array {
  if (sampleBytes === 2) return codec === 'JpegXl' ? unstretched(decoded, bits) : decoded;
  if (bitsAllocated === 8) return decoded;
  return new Uint8Array(
    Uint16Array.from(decoded, (sample) => (isSigned ? (sample << 24) >> 24 : sample)).buffer,
  );
}

/** Undoes libjxl's scaling of 9 to 15 bits to 16. */
function unstretched(decoded: Uint8Array, bits: number): Uint8Array {
  if (bits >= 16) return decoded;
  const samples = new Uint16Array(decoded.slice().buffer);
  for (let i = 0; i < samples.length; i++)
    samples[i] = Math.round(((samples[i] ?? 0) * (2 ** bits - 1)) / 65_535);
  return new Uint8Array(samples.buffer);
}

function toDecoded(
  pixels: PixelDescription,
  samples: Samples,
  photometricInterpretation: string,
): DecodedFrame {
  const { rows, columns, samplesPerPixel, bitsStored, isSigned } = pixels;
  const expected = rows * columns * samplesPerPixel;
  // As where the transfer syntax says that nothing is compressed and the pixels are, or Bits Allocated is another's.
  if (samples.length !== expected)
    throw new RejectedImage(
      `This DICOM file is damaged: ${columns}×${rows} pixels are ${expected} samples, and it has ${samples.length}.`,
    );
  return { rows, columns, samplesPerPixel, bitsStored, isSigned, photometricInterpretation, samples };
}

/** Converts YBR that is not converted yet to RGB. */
function toRgb(decoded: DecodedFrame): DecodedFrame {
  const { samples, samplesPerPixel, photometricInterpretation, bitsStored } = decoded;
  if (samplesPerPixel !== 3 || !photometricInterpretation.startsWith('YBR')) return decoded;
  if (!(samples instanceof Uint8Array || samples instanceof Uint16Array)) return decoded;
  if (photometricInterpretation.startsWith('YBR_PARTIAL')) ybrPartialToRgb(samples);
  else ybrFullToRgb(samples, bitsStored);
  return { ...decoded, photometricInterpretation: 'RGB' };
}

/** Converts planes to samples interleaved by pixel (PS3.3 C.7.6.3.1.3). */
function interleaved<T extends Samples>(planes: T, samplesPerPixel: number): T {
  const pixelCount = planes.length / samplesPerPixel;
  const result = planes.slice() as T;
  for (let sample = 0; sample < samplesPerPixel; sample++)
    for (let pixel = 0; pixel < pixelCount; pixel++)
      result[pixel * samplesPerPixel + sample] = planes[sample * pixelCount + pixel] ?? 0;
  return result;
}

/**
 * Inflates a frame of Deflated Image Frame Compression (PS3.5 A.4): a raw deflate stream (RFC 1951), perhaps padded, of
 * the uncompressed frame.
 *
 * @throws RejectedImage if it does not inflate to this number of bytes, of which one may be padding
 */
function inflateFrame(bytes: Uint8Array, frameBytes: number): Uint8Array {
  let inflated: Uint8Array | undefined;
  try {
    inflated = inflateRawSync(bytes, { maxOutputLength: frameBytes + 1 });
  } catch (cause) {
    throw new RejectedImage('This DICOM image is damaged: its frame can’t be unfolded.', { cause });
  }
  if (inflated.length < frameBytes)
    throw new RejectedImage(
      `This DICOM image is damaged: its frame unfolds to ${inflated.length} bytes instead of ${frameBytes}.`,
    );
  return inflated.subarray(0, frameBytes);
}
