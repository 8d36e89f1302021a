import { inflateRawSync } from 'node:zlib';
import { RejectedImage } from '../rejected-image.ts';

/**
 * Unfolds a frame of Deflated Image Frame Compression (PS3.5 A.4): a raw deflate stream (RFC 1951), perhaps padded, of
 * what the frame is without compression.
 *
 * @throws RejectedImage where it unfolds to anything else than so many bytes, of which one may be padding
 */
export function inflateFrame(bytes: Uint8Array, frameBytes: number): Uint8Array {
  let inflated: Uint8Array | undefined;
  try {
    inflated = inflateRawSync(bytes, { maxOutputLength: frameBytes + 1 });
  } catch (cause) {
    throw new RejectedImage('This DICOM image is damaged: its frame can’t be unfolded.', { cause });
  }
  if (inflated.length < frameBytes)
    throw new RejectedImage(
      `This DICOM image is damaged: its frame unfolds to ${inflated.length} bytes instead of ${frameBytes}.`,
    );
  return inflated.subarray(0, frameBytes);
}
