import CRC32 from 'crc-32';

const CHUNK_BYTES = 4 * 1024 * 1024;

/** A CRC-32 in S3's format: four bytes, big-endian, in base64. */
async function checksum(file: Blob): Promise<string> {
  let crc = 0;
  for (let start = 0; start < file.size; start += CHUNK_BYTES) {
    crc = CRC32.buf(new Uint8Array(await file.slice(start, start + CHUNK_BYTES).arrayBuffer()), crc);
  }
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, crc);
  return btoa(String.fromCharCode(...bytes));
}

self.onmessage = async ({ data: { id, file } }: MessageEvent<{ id: string; file: Blob }>) => {
  const answer: Checksum = { id };
  try {
    answer.crc32 = await checksum(file);
  } catch {
    // The memory card was removed, or the copy is not readable yet.
  }
  self.postMessage(answer);
};
/** Undefined if the file can't be read. */
export interface Checksum {
  id: string;
  crc32?: string;
}
