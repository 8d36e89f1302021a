import { decodeStored, uncompressedCells } from '../decode/decode-frame.ts';
import type { CodecLimits } from '../decode/decode-in-process.ts';
import { frameBytes } from '../decode/frame-bytes.ts';
import { sampleBytes } from '../decode/sample-bytes.ts';
import type { DataElement, DataSet } from '../parse/data-set.ts';
import { describePixels, type PixelDescription } from '../parse/describe-pixels.ts';
import { littleEndianBytes, swapped } from '../parse/little-endian-bytes.ts';
import { numberValue } from '../parse/number-values.ts';
import type { DicomFile } from '../parse/read-dicom.ts';
import { explicitLittleEndian } from '../transfer-syntaxes.ts';
import { UnsupportedPixelData } from '../unsupported-pixel-data.ts';
import { encodeDataSet } from './encode-data-set.ts';
import { encodeElement, type NewElement } from './encode-element.ts';

type Changes = Map<string, NewElement | undefined>;

const PIXEL_DATA = '7FE00010';

/**
 * Converts a file to Explicit VR Little Endian, with decoded pixels and all other values unchanged. If its own transfer
 * syntax is lossless, the result is the same instance.
 *
 * @throws RejectedImage and UnsupportedPixelData as `decodeFrame` does
 */
export async function toExplicitLittleEndian(
  file: DicomFile,
  limits: Partial<CodecLimits> = {},
): Promise<Buffer> {
  const { dataSet, meta } = file;
  const element = dataSet.elements.get(PIXEL_DATA);
  const changes = element?.fragments
    ? await decodedPixels(file, limits)
    : element && new Map([[PIXEL_DATA, { vr: element.vr, value: nativeBytes(dataSet, element) }]]);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    metaOf(meta, dataSet),
    encodeDataSet(dataSet, changes),
  ]);
}

/** Returns the file meta information (PS3.10 7.1), as far as the file has it. */
function metaOf(meta: DataSet, dataSet: DataSet): Buffer {
  const changes: Changes = new Map([['00020010', { vr: 'UI', value: text(explicitLittleEndian.uid, '\0') }]]);
  for (const [tag, source] of [
    ['00020002', '00080016'],
    ['00020003', '00080018'],
  ] as const) {
    const element = dataSet.elements.get(source);
    if (!meta.elements.has(tag) && element)
      changes.set(tag, { vr: 'UI', value: littleEndianBytes(dataSet, element) });
  }
  if (!meta.elements.has('00020001')) changes.set('00020001', { vr: 'OB', value: Uint8Array.of(0, 1) });
  const elements = encodeDataSet(meta, changes);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(elements.length);
  return Buffer.concat([encodeElement('00020000', { vr: 'UL', value: length }), elements]);
}

/** The words of pixel data are as long as the samples: the VR is OW for samples of 32 bits, too (PS3.5 8.1.1). */
function nativeBytes(dataSet: DataSet, element: DataElement): Uint8Array {
  if (!dataSet.isBigEndian || numberValue(dataSet, '00280100') !== 32)
    return littleEndianBytes(dataSet, element);
  const { bytes } = dataSet;
  return swapped(bytes.subarray(element.offset, element.offset + element.length), 4);
}

async function decodedPixels(file: DicomFile, limits: Partial<CodecLimits>): Promise<Changes> {
  const pixels = describePixels(file);
  if (!pixels) throw new UnsupportedPixelData('This DICOM file has no pixels in its pixel data.');
  const { frames, bitsAllocated, highBit } = pixels;
  if (!Number.isInteger(pixels.frameBytes) && frames > 1)
    throw new UnsupportedPixelData('This DICOM image has frames of single bits that share bytes.');
  const decoded = [];
  for (let frame = 0; frame < frames; frame++) decoded.push(await decodedFrame(file, pixels, frame, limits));
  const value = Buffer.concat(decoded.map(({ bytes }) => bytes));
  const changes: Changes = new Map([
    // PS3.5 A.2: samples of up to 8 bits as bytes or words, larger ones as words.
    [PIXEL_DATA, { vr: bitsAllocated > 8 ? 'OW' : 'OB', value: even(value, 0) }],
  ]);
  // The offsets and lengths of fragments (PS3.3 C.7.6.3.1.8), of which there are none any more.
  for (const tag of ['7FE00001', '7FE00002', '7FE00003']) changes.set(tag, undefined);
  const [first] = decoded;
  if (!first) return changes;
  if (first.photometricInterpretation !== pixels.photometricInterpretation)
    changes.set('00280004', { vr: 'CS', value: text(first.photometricInterpretation, ' ') });
  if (first.isPlanar !== pixels.isPlanar) changes.set('00280006', us(Number(first.isPlanar)));
  if (first.highBit !== highBit) changes.set('00280102', us(first.highBit));
  return changes;
}

/** Returns a frame without compression, and the attributes that describe it. */
async function decodedFrame(
  file: DicomFile,
  pixels: PixelDescription,
  frame: number,
  limits: Partial<CodecLimits>,
) {
  const { bitsAllocated, bitsStored, highBit } = pixels;
  // Decoded colours are no longer subsampled.
  const unhalved = (photometric: string) => photometric.replace(/_42[02]$/, '');
  const cells = uncompressedCells(file, pixels, frameBytes(file, pixels, frame));
  if (cells)
    return { ...cells, highBit, photometricInterpretation: unhalved(pixels.photometricInterpretation) };
  const decoded = await decodeStored(file, pixels, frame, limits);
  return {
    bytes: sampleBytes(decoded, bitsAllocated),
    isPlanar: false,
    highBit: bitsStored - 1,
    photometricInterpretation: unhalved(decoded.photometricInterpretation),
  };
}

const even = (bytes: Buffer, padding: number) =>
  bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.of(padding)]);
const text = (value: string, padding: string) => even(Buffer.from(value), padding.charCodeAt(0));
const us = (value: number): NewElement => ({ vr: 'US', value: Uint8Array.of(value & 0xff, value >> 8) });
