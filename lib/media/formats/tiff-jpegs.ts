import type { ScanVerdict } from './jpeg-entropy.ts';
import { judgeScans } from './jpeg-scans.ts';

/** Above this number of strips or tiles they are not followed, which takes a third of a millisecond for each. */
const MOST_STRIPS = 2000;

/**
 * Finds out whether the JPEG data in the strips or tiles of a TIFF is whole: see `judgeScans`. Each is a JPEG, whose
 * tables are common to all (TIFF Technical Note 2, Adobe, 1995).
 */
export function judgeTiffJpegs(
  bytes: Uint8Array,
  strips: readonly { from: number; length: number }[],
  tables: Uint8Array | undefined,
): ScanVerdict {
  const total = strips.reduce((sum, { length }) => sum + length, 0);
  // Strips that overlap could be followed for hours.
  if (strips.length === 0 || strips.length > MOST_STRIPS || total > bytes.length) return 'unclear';
  let verdict: ScanVerdict = 'whole';
  for (const { from, length } of strips) {
    const strip = bytes.subarray(from, from + length);
    // The tables begin as every JPEG and have an end marker, too.
    const found = judgeScans(tables ? Buffer.concat([tables.subarray(0, -2), strip.subarray(2)]) : strip);
    if (found === 'missing') return found;
    if (found === 'unclear') verdict = found;
  }
  return verdict;
}
