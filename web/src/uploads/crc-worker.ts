import CRC32 from 'crc-32';

const CHUNK_BYTES = 4 * 1024 * 1024;

/** S3's form of a CRC-32: four bytes, big-endian, base64. */
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
    // Its memory card is gone, or the copy is not there yet.
  }
  self.postMessage(answer);
};
/** Without a checksum where the file cannot be read. */
export interface Checksum {
  id: string;
  crc32?: string;
}
