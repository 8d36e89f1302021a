import { crc32 } from 'node:zlib';

/** The CRC-32 of bytes as S3 writes it: big-endian, in base64. */
export function base64Crc32(bytes: Uint8Array): string {
  const four = Buffer.alloc(4);
  four.writeUInt32BE(crc32(bytes));
  return four.toString('base64');
}
