import type { DicomJson } from '../media/dicom/json-model.ts';
import type { DataSet } from '../media/dicom/parse/data-set.ts';
import { ElementParser } from '../media/dicom/parse/parse-elements.ts';
import { implicitLittleEndian } from '../media/dicom/transfer-syntaxes.ts';
import { encodeJson } from '../media/dicom/write/encode-json.ts';
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
export function writeDataSet(json: DicomJson, transferSyntax: string): Uint8Array {
  const text = JSON.stringify(json);
  const isAscii = /^[\0-\x7f]*$/.test(text);
  const isLatin1 = /^[\0-\xff]*$/.test(text);
  const charset = isLatin1 ? 'ISO_IR 100' : 'ISO_IR 192';
  const all: DicomJson = isAscii ? json : { ...json, '00080005': { vr: 'CS', Value: [charset] } };
  return encodeJson(all, {
    isExplicit: transferSyntax !== implicitLittleEndian.uid,
    encodeText: (value) => Buffer.from(value, isLatin1 ? 'latin1' : 'utf8'),
  });
}
