import { hasLongLength, isVr } from '../media/dicom/parse/vr.ts';
import { ByteReader } from './dimse/byte-reader.ts';

const PREAMBLE = 128;
/** Longest File Meta Information: its values are UIDs, and perhaps private bytes. */
const MAX_META_BYTES = 1024 * 1024;

/** A file without what only files have. */
export interface StrippedFile {
  transferSyntax: string;
  /** The data set as it arrives. */
  dataSet: AsyncIterable<Buffer>;
}

/**
 * Reads the preamble and the File Meta Information (PS3.10 7.1) of a file, element by element: its own length is
 * missing in some files, and wrong in others.
 *
 * @throws Error if it has none
 */
export async function stripFileMeta(file: AsyncIterable<Buffer>): Promise<StrippedFile> {
  const reader = new ByteReader(file);
  const start = await reader.exactly(PREAMBLE + 4);
  if (start.toString('latin1', PREAMBLE) !== 'DICM') throw new Error('the file has no File Meta Information');
  let transferSyntax = '';
  for (let left = MAX_META_BYTES; ; ) {
    const head = await reader.exactly(8);
    if (head.readUInt16LE(0) !== 2) {
      reader.unread(head);
      break;
    }
    const vr = head.toString('latin1', 4, 6);
    const isLong = isVr(vr) && hasLongLength(vr);
    const length = isLong ? (await reader.exactly(4)).readUInt32LE(0) : head.readUInt16LE(6);
    left -= length;
    if (left < 0) throw new Error('the File Meta Information is too long');
    const value = await reader.exactly(length);
    if (head.readUInt16LE(2) === 0x0010)
      transferSyntax = value.toString('latin1').replaceAll('\0', ' ').trim();
  }
  return { transferSyntax, dataSet: rest(reader) };
}

async function* rest(reader: ByteReader): AsyncGenerator<Buffer> {
  for (;;) {
    const part = await reader.some(Number.MAX_SAFE_INTEGER);
    if (part.length === 0) return;
    yield part;
  }
}
