import type { Pixels } from '../image/pixels.ts';

/** Types of TIFF values (TIFF 6.0, 2). */
const SHORT = 3;
const LONG = 4;
const UNDEFINED = 7;

/**
 * Writes RGB or RGBA pixels with an ICC profile as an uncompressed TIFF (TIFF 6.0; tag 34675: ICC.1, Annex B.4), because
 * sharp takes no profile for raw pixels.
 */
export function profiledTiff({ data, width, height, channels }: Pixels, profile: Uint8Array): Buffer {
  const samples = [8, 8, 8, 8].slice(0, channels);
  const bits = Buffer.alloc(8);
  for (const [i, each] of samples.entries()) bits.writeUInt16LE(each, 2 * i);
  const pixelsAt = 8 + bits.length;
  const profileAt = pixelsAt + data.length;
  const directoryAt = profileAt + profile.length + (profile.length % 2);
  const entries: [tag: number, type: number, count: number, value: number][] = [
    [256, LONG, 1, width],
    [257, LONG, 1, height],
    [258, SHORT, channels, 8], // BitsPerSample, after the header
    [259, SHORT, 1, 1], // no compression
    [262, SHORT, 1, 2], // RGB
    [273, LONG, 1, pixelsAt],
    [277, SHORT, 1, channels],
    [278, LONG, 1, height],
    [279, LONG, 1, data.length],
    ...(channels === 4 ? ([[338, SHORT, 1, 2]] as [number, number, number, number][]) : []), // straight alpha
    [34675, UNDEFINED, profile.length, profileAt],
  ];
  const header = Buffer.from('II*\0\0\0\0\0', 'latin1');
  header.writeUInt32LE(directoryAt, 4);
  const directory = Buffer.alloc(2 + 12 * entries.length + 4);
  directory.writeUInt16LE(entries.length);
  for (const [i, [tag, type, count, value]] of entries.entries()) {
    const at = 2 + 12 * i;
    directory.writeUInt16LE(tag, at);
    directory.writeUInt16LE(type, at + 2);
    directory.writeUInt32LE(count, at + 4);
    directory.writeUInt32LE(value, at + 8);
  }
  return Buffer.concat([header, bits, data, profile, Buffer.alloc(profile.length % 2), directory]);
}
