import { constants, inflateRawSync } from 'node:zlib';
import { RejectedImage } from '../../rejected-image.ts';
import { settleVoiDescriptors } from '../draw/voi-descriptors.ts';
import {
  explicitBigEndian,
  explicitLittleEndian,
  implicitLittleEndian,
  isKnownTransferSyntax,
  type TransferSyntax,
  transferSyntaxOf,
} from '../transfer-syntaxes.ts';
import type { DataSet } from './data-set.ts';
import { MoreBytesNeeded } from './more-bytes-needed.ts';
import { ElementParser, type Encoding, type ParseLimits } from './parse-elements.ts';
import { textValue } from './text-values.ts';
import { isVr } from './vr.ts';

/** A parsed DICOM file (PS3.10 7). */
export interface DicomFile {
  /** The file meta information, group 0002; empty if the file has none. */
  meta: DataSet;
  dataSet: DataSet;
  transferSyntax: TransferSyntax;
}

export interface ReadLimits extends ParseLimits {
  /** Default 512 MiB: limit for the decompressed size of a deflated file. */
  inflatedBytes: number;
}

const defaultLimits: ReadLimits = { depth: 64, elements: 500_000, inflatedBytes: 512 * 1024 * 1024 };

const PREAMBLE = 128;

/**
 * Parses a whole file: with or without preamble and meta information, in any transfer syntax.
 *
 * @throws RejectedImage for a file that is not DICOM, incomplete, damaged or malicious
 */
export function readDicom(file: Uint8Array, limits: Partial<ReadLimits> = {}): DicomFile {
  return read(file, file.length, { ...defaultLimits, ...limits });
}

/**
 * Parses everything but the pixel data, from the beginning of a file of `fileBytes` in total. For uncompressed files,
 * the file's size is still checked against the pixel data in the header.
 *
 * @throws MoreBytesNeeded if the header does not end within the given bytes
 * @throws RejectedImage as `readDicom` does
 */
export function readDicomHeader(
  beginning: Uint8Array,
  fileBytes: number,
  limits: Partial<ReadLimits> = {},
): DicomFile {
  return read(beginning, fileBytes, { ...defaultLimits, ...limits });
}

function read(bytes: Uint8Array, fileBytes: number, limits: ReadLimits): DicomFile {
  const start = startOf(bytes);
  if (start === undefined) {
    if (bytes.length < Math.min(fileBytes, PREAMBLE + 4)) throw new MoreBytesNeeded(PREAMBLE + 4);
    throw new RejectedImage('This is no DICOM file: it has neither the mark of one nor data elements.');
  }
  const parser = new ElementParser(bytes, { at: start, fileBytes, limits });
  const meta = parser.parseMeta();
  const declared = textValue(meta, '00020010');
  const transferSyntax = declared ? transferSyntaxOf(declared) : guessTransferSyntax(bytes, parser.at);
  if (declared && !isKnownTransferSyntax(declared) && !/^[\d.]{1,64}$/.test(declared))
    throw new RejectedImage('This DICOM file is damaged: its transfer syntax is no identifier.');
  if (transferSyntax.isDeflated) {
    const isWhole = bytes.length === fileBytes;
    const inflated = inflate(bytes.subarray(parser.at), isWhole, limits.inflatedBytes);
    // The decompressed size of a truncated deflated file is unknown, so the limit is assumed.
    const options = { fileBytes: isWhole ? inflated.length : Number.MAX_SAFE_INTEGER, limits };
    const dataSet = wholeFileIfMore(
      () => new ElementParser(inflated, options).parseDataSet(transferSyntax),
      fileBytes,
    );
    return { meta, dataSet: finished(dataSet), transferSyntax };
  }
  const encoding = actualEncoding(bytes, parser.at, transferSyntax);
  return { meta, dataSet: finished(parser.parseDataSet(encoding)), transferSyntax };
}

/** For a part of a deflated file, the number of missing bytes of the file is unknown. */
function wholeFileIfMore<T>(parse: () => T, fileBytes: number): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof MoreBytesNeeded ? new MoreBytesNeeded(fileBytes) : error;
  }
}

/** The data set of a file, after resolving what depends on later elements. */
function finished(dataSet: DataSet): DataSet {
  if (dataSet.elements.size === 0)
    throw new RejectedImage('This DICOM file is incomplete: it has no data set.');
  settleVoiDescriptors(dataSet);
  return dataSet;
}

/** Whether the file may be DICOM: it has the DICM prefix, or begins with a data element. */
export const looksLikeDicom = (beginning: Uint8Array): boolean => startOf(beginning) !== undefined;

/** The start after the prefix, which is at byte 128 (PS3.10 7.1), or at 0 without a preamble; or at an element without a prefix. */
function startOf(bytes: Uint8Array): number | undefined {
  const hasMark = (at: number) => Buffer.from(bytes.subarray(at, at + 4)).toString('latin1') === 'DICM';
  const isElement = beginsWithElement(bytes);
  // The letters DICM within a value, at byte 128, are no prefix: meta information follows a prefix.
  if (hasMark(PREAMBLE) && !(isElement && !isMetaAt(bytes, PREAMBLE + 4))) return PREAMBLE + 4;
  if (hasMark(0)) return 4;
  return isElement ? 0 : undefined;
}

const isMetaAt = (bytes: Uint8Array, at: number) => bytes[at] === 2 && bytes[at + 1] === 0;

/** Without a prefix: an element of group 0002 or 0008, where every data set begins, with a plausible length. */
function beginsWithElement(bytes: Uint8Array): boolean {
  if (bytes.length < 8) return false;
  const group = Buffer.from(bytes.subarray(0, 2)).toString('hex');
  if (!['0200', '0800', '0008'].includes(group)) return false;
  const hasVr = isVr(String.fromCharCode(bytes[4] ?? 0, bytes[5] ?? 0));
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return hasVr || (group === '0800' && view.getUint16(2, true) <= 0x60 && view.getUint32(4, true) <= 64);
}

/** Without meta information (required by PS3.10 7.1, missing in old files): guessed from the first element. */
function guessTransferSyntax(bytes: Uint8Array, at: number): TransferSyntax {
  if (!hasVrAt(bytes, at)) return implicitLittleEndian;
  // The first group is 0008, or at least below 0100.
  return bytes[at] === 0 && bytes[at + 1] !== 0 ? explicitBigEndian : explicitLittleEndian;
}

/** A data set whose first element contradicts its transfer syntax: dcmtk and pydicom read it, too. */
function actualEncoding(bytes: Uint8Array, at: number, declared: TransferSyntax): Encoding {
  if (at + 8 > bytes.length) return declared;
  return { isExplicit: hasVrAt(bytes, at), isBigEndian: declared.isBigEndian };
}

const hasVrAt = (bytes: Uint8Array, at: number) =>
  isVr(String.fromCharCode(bytes[at + 4] ?? 0, bytes[at + 5] ?? 0));

/** PS3.5 A.5: everything after the meta information is one raw deflate stream (RFC 1951), perhaps padded by a zero. */
function inflate(bytes: Uint8Array, isWhole: boolean, maxOutputLength: number): Buffer {
  try {
    return inflateRawSync(bytes, {
      maxOutputLength,
      finishFlush: isWhole ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
    });
  } catch (cause) {
    if (cause instanceof RangeError)
      throw new RejectedImage(
        `This DICOM file unfolds to more than the ${maxOutputLength / 1024 / 1024} MB allowed.`,
        { cause },
      );
    throw new RejectedImage(
      'This DICOM file is damaged or incomplete: its compressed part can’t be unfolded.',
      { cause },
    );
  }
}
