import type { DecodedFrame } from './decode-frame.ts';
import { packBits } from './stored-samples.ts';

/** Returns the samples with this number of bits each, in little endian like every machine that this runs on. */
export function sampleBytes({ samples }: Pick<DecodedFrame, 'samples'>, bitsAllocated: number): Uint8Array {
  if (bitsAllocated === 1) return packBits(samples);
  const bytes = bitsAllocated / 8;
  const Cells = bytes === 1 ? Uint8Array : bytes === 2 ? Uint16Array : Uint32Array;
  const cells = samples.BYTES_PER_ELEMENT === bytes ? samples : Cells.from(samples);
  return new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength);
}
