import { RejectedImage } from '../../rejected-image.ts';

/**
 * Decodes an RLE frame (PS3.5 G): a PackBits segment for each byte of each sample, the most significant first. Returns
 * the samples interleaved by pixel, in little endian.
 *
 * Written here because it is short, and the codecs that were tested read and write beyond their buffers if a segment is
 * malformed.
 */
export function decodeRle(
  frame: Uint8Array,
  pixelCount: number,
  samples: number,
  sampleBytes: number,
): Uint8Array {
  const segments = samples * sampleBytes;
  if (frame.length < 64) throw damaged('it has no header');
  const header = new DataView(frame.buffer, frame.byteOffset, 64);
  if (header.getUint32(0, true) !== segments)
    throw damaged(`it has ${header.getUint32(0, true)} segments instead of ${segments}`);
  const decoded = new Uint8Array(pixelCount * segments);
  for (let segment = 0; segment < segments; segment++) {
    const start = header.getUint32(4 + segment * 4, true);
    const end = segment + 1 < segments ? header.getUint32(8 + segment * 4, true) : frame.length;
    if (start < 64 || start > end || end > frame.length) throw damaged('its segments overlap or leave it');
    const sample = Math.floor(segment / sampleBytes);
    const first = sample * sampleBytes + (sampleBytes - 1 - (segment % sampleBytes));
    unpack(frame.subarray(start, end), decoded, first, segments);
  }
  return decoded;
}

/** G.3.2: a count, then as many literal bytes, or one byte to repeat. */
function unpack(packed: Uint8Array, decoded: Uint8Array, first: number, step: number): void {
  let to = first;
  let from = 0;
  while (to < decoded.length) {
    if (from >= packed.length) throw damaged('a segment ends too early');
    const count = packed[from++] ?? 0;
    if (count === 128) continue;
    const isLiteral = count < 128;
    const run = isLiteral ? count + 1 : 257 - count;
    if (from + (isLiteral ? run : 1) > packed.length) throw damaged('a segment ends too early');
    // Bytes beyond the last pixel are padding: some writers pad rows to even lengths.
    const end = Math.min(decoded.length, to + run * step);
    const next = from + (isLiteral ? run : 1);
    if (isLiteral) for (; to < end; to += step) decoded[to] = packed[from++] ?? 0;
    else for (const value = packed[from] ?? 0; to < end; to += step) decoded[to] = value;
    from = next;
  }
  // More than padding: the samples have more bits than the file declares.
  if (packed.length - from > decoded.length / step) throw damaged('a segment has more than its pixels');
}

const damaged = (what: string) =>
  new RejectedImage(`This DICOM image is damaged: of its run-length coding, ${what}.`);
