import { Readable } from 'node:stream';
import { mapInOrder, prefetchFirst } from '../../domain/in-order.ts';
import { contentDisposition } from '../../lambda/http/content-disposition.ts';
import { chooseOffer, type Offer } from '../../lambda/http/content-negotiation.ts';
import { multipartRelated } from '../../lambda/http/multipart-related.ts';
import { decodeFrame } from '../../media/dicom/decode/decode-frame.ts';
import { frameBytes } from '../../media/dicom/decode/frame-bytes.ts';
import { sampleBytes } from '../../media/dicom/decode/sample-bytes.ts';
import type { PixelDescription } from '../../media/dicom/parse/describe-pixels.ts';
import type { DicomFile } from '../../media/dicom/parse/read-dicom.ts';
import { explicitLittleEndian } from '../../media/dicom/transfer-syntaxes.ts';
import {
  DECODE_LIMITS,
  type DecodingRequest,
  type FileDeps,
  IMMUTABLE_CACHE,
  throwNotAcceptable,
} from './dicom-files.ts';
import { requireStreamable } from './response-size.ts';

const OCTETS = 'application/octet-stream';
const MULTIPART = 'multipart/related';

/** The media types of compressed frames (PS3.18 table 8.7.3-5 and 8.7.3-6), the current one first. */
const MEDIA_TYPES: [syntaxes: RegExp, types: string[]][] = [
  [/\.4\.(?:50|51|53|55|57|70)$/, ['image/jpeg']],
  [/\.4\.8[01]$/, ['image/jls', 'image/x-jls']],
  [/\.4\.9[01]$/, ['image/jp2']],
  [/\.4\.9[23]$/, ['image/jpx']],
  [/\.4\.20[123]$/, ['image/jphc']],
  [/\.4\.11[012]$/, ['image/jxl']],
  [/^1\.2\.840\.10008\.1\.2\.5$/, ['image/dicom-rle', 'image/x-dicom-rle']],
  [/\.4\.10[01](?:\.1)?$/, ['video/mpeg']],
  [/\.4\.10[2-6](?:\.1)?$/, ['video/mp4']],
  [/\.4\.10[78]$/, ['video/H265']],
];

/** A representation of frames. */
interface FramesOffer extends Offer {
  isDecoded: boolean;
}

/** The available representations of a file's frames: as stored, or decoded. */
function offersOf({ transferSyntax: { uid, coding } }: DicomFile, pixels: PixelDescription, isOne: boolean) {
  const single = (offers: FramesOffer[]) =>
    isOne ? offers.map(({ part = OCTETS, ...offer }): FramesOffer => ({ ...offer, type: part })) : [];
  const decoded = [
    { type: MULTIPART, part: OCTETS, transferSyntax: explicitLittleEndian.uid, isDecoded: true },
  ] satisfies FramesOffer[];
  if (!pixels.element.fragments) return [...decoded, ...single(decoded)];
  const types = MEDIA_TYPES.find(([syntaxes]) => syntaxes.test(uid))?.[1] ?? [];
  const stored: FramesOffer[] = [
    ...types.map((part) => ({ type: MULTIPART, part, transferSyntax: uid, isDecoded: false })),
    { type: MULTIPART, part: OCTETS, transferSyntax: uid, onlyIfSyntaxIsNamed: true, isDecoded: false },
  ];
  // If there is no decoder for the transfer syntax, only the stored bytes are available.
  return [...stored, ...(coding ? decoded : []), ...single(stored), ...(coding ? single(decoded) : [])];
}

/** Responds with frames of a file (PS3.18 10.4.1.1.6), counted from 0. */
export async function framesResponse(
  request: DecodingRequest,
  file: DicomFile,
  pixels: PixelDescription,
  frames: readonly number[],
  { frameAllowance }: Pick<FileDeps, 'frameAllowance'>,
) {
  const offer = chooseOffer(request, offersOf(file, pixels, frames.length === 1));
  const { type, part = type, transferSyntax, isDecoded } = offer;
  const isNative = !pixels.element.fragments;
  if (isDecoded && !isNative) await frameAllowance.take(request.caller, frames.length);
  const read = async (frame: number) =>
    isDecoded && !isNative
      ? sampleBytes(await decodeFrame(file, pixels, frame, DECODE_LIMITS), pixels.bitsAllocated)
      : frameBytes(file, pixels, frame);
  const contents = await prefetchFirst(mapInOrder(frames, 1, read)).catch(throwNotAcceptable);
  const parts = frames.map((frame) => ({
    contentType: `${part}; transfer-syntax=${transferSyntax}`,
    bytes: isDecoded && !isNative ? decodedBytes(pixels) : frameBytes(file, pixels, frame).length,
  }));
  requireStreamable(parts);
  if (type === MULTIPART) {
    const { headers, body } = multipartRelated(part, parts, contents);
    return { headers: { ...headers, ...IMMUTABLE_CACHE }, body };
  }
  return {
    headers: {
      'content-type': `${part}; transfer-syntax=${transferSyntax}`,
      'content-length': String(parts[0]?.bytes),
      'content-disposition': contentDisposition('attachment', 'frame'),
      ...IMMUTABLE_CACHE,
    },
    body: Readable.from(contents, { objectMode: false }),
  };
}

const decodedBytes = ({ rows, columns, samplesPerPixel, bitsAllocated }: PixelDescription) =>
  Math.ceil((rows * columns * samplesPerPixel * bitsAllocated) / 8);
