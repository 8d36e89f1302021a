import { crc32 } from 'node:zlib';
import { slice, type Uids } from '../fixtures/dicom-uploads.ts';

const NAME = 'x';
const LOCAL_HEADER_BYTES = 30 + NAME.length;

/**
 * A DICOM file that is a ZIP as well, with another file in it: the entry's header is the preamble, its extra
 * field covers the elements, and its content and the directory are in the data set's trailing padding (PKWARE
 * APPNOTE, 4.3).
 */
export function zipInDicom(uids: Uids, hidden: Buffer): Buffer<ArrayBuffer> {
  const whole = (padding: Uint8Array) => slice(uids, [['FFFCFFFC', 'OB', padding]]);
  const start = whole(Buffer.alloc(even(hidden.length))).length - even(hidden.length);
  const tail = Buffer.concat([hidden, directory(hidden, start)]);
  const file = whole(Buffer.concat([tail, Buffer.alloc(even(tail.length) - tail.length)]));
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(10, 4);
  writeSizes(header, 14, hidden);
  header.writeUInt16LE(NAME.length, 26);
  header.writeUInt16LE(start - LOCAL_HEADER_BYTES, 28);
  Buffer.concat([header, Buffer.from(NAME)]).copy(file);
  return file;
}

function directory(hidden: Buffer, start: number): Buffer {
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(10, 4);
  entry.writeUInt16LE(10, 6);
  writeSizes(entry, 16, hidden);
  entry.writeUInt16LE(NAME.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length + NAME.length, 12);
  end.writeUInt32LE(start + hidden.length, 16);
  return Buffer.concat([entry, Buffer.from(NAME), end]);
}

/** Checksum, stored size, uncompressed size: nothing is deflated. */
function writeSizes(header: Buffer, at: number, hidden: Buffer) {
  header.writeUInt32LE(crc32(hidden), at);
  header.writeUInt32LE(hidden.length, at + 4);
  header.writeUInt32LE(hidden.length, at + 8);
}

const even = (bytes: number) => bytes + (bytes % 2);
