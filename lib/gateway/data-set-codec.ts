import type { DataSet } from '../media/dicom/parse/data-set.ts';
import type { DicomJson, JsonAttribute, JsonPersonName } from '../media/dicom/parse/dicom-json.ts';
import { ElementParser } from '../media/dicom/parse/parse-elements.ts';
import { isVr, kindOf, type Vr } from '../media/dicom/parse/vr.ts';
import { implicitLittleEndian } from '../media/dicom/transfer-syntaxes.ts';
import { encodeElement } from '../media/dicom/write/encode-data-set.ts';
import { ProtocolError } from './dimse/protocol-error.ts';

/** Largest data set of a query or of a command. */
const MAX_BYTES = 1024 * 1024;

/** Reads the data set of a query or a command. @throws ProtocolError, RejectedImage */
export async function readDataSet(data: AsyncIterable<Buffer>, transferSyntax: string): Promise<DataSet> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of data) {
    length += part.length;
    if (length > MAX_BYTES) throw new ProtocolError(`the data set has more than ${MAX_BYTES} bytes`);
    parts.push(part);
  }
  const limits = { depth: 16, elements: 10_000 };
  const parser = new ElementParser(Buffer.concat(parts), { fileBytes: length, limits });
  return parser.parseDataSet({ isExplicit: transferSyntax !== implicitLittleEndian.uid, isBigEndian: false });
}

/**
 * Encodes DICOM JSON (PS3.18 F.2) as a data set in little endian. Its character set is the smallest that has all of its
 * characters: old devices do not know UTF-8.
 */
export function writeDataSet(json: DicomJson, transferSyntax: string): Buffer {
  const text = JSON.stringify(json);
  const isAscii = /^[\0-\x7f]*$/.test(text);
  const isLatin1 = /^[\0-\xff]*$/.test(text);
  const charset = isLatin1 ? 'ISO_IR 100' : 'ISO_IR 192';
  const all: DicomJson = isAscii ? json : { ...json, '00080005': { vr: 'CS', Value: [charset] } };
  return encodeItem(all, transferSyntax !== implicitLittleEndian.uid, isLatin1 ? 'latin1' : 'utf8');
}

function encodeItem(json: DicomJson, isExplicit: boolean, charset: BufferEncoding): Buffer {
  const elements = Object.entries(json)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([tag, attribute]) => {
      const vr: Vr = isVr(attribute.vr) ? attribute.vr : 'UN';
      const value =
        vr === 'SQ' ? encodeItems(attribute, isExplicit, charset) : encodeValue(vr, attribute, charset);
      return isExplicit ? encodeElement(tag, { vr, value }) : implicitElement(tag, value);
    });
  return Buffer.concat(elements);
}

function encodeItems({ Value = [] }: JsonAttribute, isExplicit: boolean, charset: BufferEncoding): Buffer {
  const items = Value.map((item) =>
    implicitElement('FFFEE000', encodeItem((item ?? {}) as DicomJson, isExplicit, charset)),
  );
  return Buffer.concat(items);
}

/** PS3.5 7.1.3: tag, a length of 32 bits, value; items in explicit VR have this form, too. */
function implicitElement(tag: string, value: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16));
  header.writeUInt16LE(Number.parseInt(tag.slice(4), 16), 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}

/** Bulk data are omitted: answers to queries have none. */
function encodeValue(vr: Vr, { Value = [], InlineBinary }: JsonAttribute, charset: BufferEncoding): Buffer {
  if (InlineBinary !== undefined) return padded(Buffer.from(InlineBinary, 'base64'), 0);
  const kind = kindOf(vr);
  if (kind === 'ascii' || kind === 'text' || kind === 'paragraph' || kind === 'url') {
    const text = Value.map((each) =>
      vr === 'PN' ? nameOf(each as JsonPersonName | null) : String(each ?? ''),
    );
    return padded(Buffer.from(text.join('\\'), charset), vr === 'UI' ? 0 : 0x20);
  }
  return Buffer.concat(Value.map((each) => numberBytes(kind, each as number | string)));
}

/** PS3.5 6.2: an even length. */
const padded = (bytes: Buffer, pad: number) =>
  bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from([pad])]);

/** PS3.5 6.2.1.1: the groups, without empty ones at the end. */
function nameOf(name: JsonPersonName | null): string {
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = name ?? {};
  const groups = Phonetic
    ? [Alphabetic, Ideographic, Phonetic]
    : Ideographic
      ? [Alphabetic, Ideographic]
      : [Alphabetic];
  return groups.join('=');
}

function numberBytes(kind: ReturnType<typeof kindOf>, value: number | string): Buffer {
  const bytes = Buffer.alloc(8);
  switch (kind) {
    case 'tag':
      bytes.writeUInt16LE(Number.parseInt(String(value).slice(0, 4), 16));
      bytes.writeUInt16LE(Number.parseInt(String(value).slice(4), 16), 2);
      return bytes.subarray(0, 4);
    case 'int16':
    case 'uint16':
      bytes.writeUInt16LE(Number(value) & 0xffff);
      return bytes.subarray(0, 2);
    case 'int32':
    case 'uint32':
      bytes.writeUInt32LE(Number(value) >>> 0);
      return bytes.subarray(0, 4);
    case 'float32':
      bytes.writeFloatLE(Number(value));
      return bytes.subarray(0, 4);
    case 'float64':
      bytes.writeDoubleLE(Number(value));
      return bytes;
    case 'int64':
    case 'uint64':
      bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
      return bytes;
    default:
      return Buffer.alloc(0);
  }
}
