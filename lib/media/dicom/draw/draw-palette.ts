import type { Pixels } from '../../image/pixels.ts';
import { RejectedImage } from '../../rejected-image.ts';
import type { DecodedFrame } from '../decode/decode-frame.ts';
import type { AttributeReader } from '../parse/attribute-reader.ts';
import { type LookupTable, lookUp, lookupTable, tableDescriptor, wordsOf } from './lookup-table.ts';

/** Draws a frame whose samples are indices into a palette (PS3.3 C.7.6.3.1.5, C.7.9). */
export async function drawPalette(
  image: AttributeReader,
  { samples, columns, rows }: DecodedFrame,
): Promise<Pixels> {
  const tables = await Promise.all(['1', '2', '3'].map((colour) => readPalette(image, colour)));
  const data = new Uint8Array(rows * columns * 3);
  tables.forEach((table, colour) => {
    // Entries of 16 bits are scaled to 8 bits (C.7.6.3.1.5).
    const shift = table.bits - 8;
    for (let i = 0; i < samples.length; i++) data[i * 3 + colour] = lookUp(table, samples[i] ?? 0) >> shift;
  });
  return { data, width: columns, height: rows, channels: 3 };
}

async function readPalette(image: AttributeReader, colour: string): Promise<LookupTable> {
  const table =
    (await lookupTable(image, `0028110${colour}`, `0028120${colour}`)) ??
    (await segmentedTable(image, colour));
  if (!table)
    throw new RejectedImage('This DICOM file is damaged: its image has a palette, which is missing.');
  return table;
}

/** C.7.9.2: discrete, linear and indirect segments. Returns at most as many entries as the descriptor says. */
async function segmentedTable(image: AttributeReader, colour: string): Promise<LookupTable | undefined> {
  const descriptor = tableDescriptor(image, `0028110${colour}`);
  const data = await image.bytes(`0028122${colour}`);
  if (!descriptor || !data) return undefined;
  const { count, firstMapped, bits } = descriptor;
  // Entries of 16 bits, or of 8 bits in pairs.
  const words = wordsOf(data);
  const cells =
    bits > 8
      ? words
      : Uint8Array.from(
          { length: words.length * 2 },
          (_value, i) => ((words[i >> 1] ?? 0) >> ((i & 1) * 8)) & 0xff,
        );
  const entries = new Uint16Array(count);
  let filled = 0;
  const add = (value: number) => {
    if (filled < count) entries[filled++] = value;
  };
  const read = (at: number, segments: number, mayRefer: boolean): void => {
    for (let i = at, left = segments; left > 0 && i + 2 <= cells.length && filled < count; left--) {
      const opcode = cells[i] ?? 0;
      const length = cells[i + 1] ?? 0;
      if (opcode === 0) {
        for (let k = 0; k < length; k++) add(cells[i + 2 + k] ?? 0);
        i += 2 + length;
      } else if (opcode === 1) {
        const from = entries[filled - 1] ?? 0;
        const to = cells[i + 2] ?? 0;
        for (let k = 1; k <= length; k++) add(Math.round(from + ((to - from) * k) / length));
        i += 3;
      } else if (opcode === 2 && mayRefer) {
        // Least significant first: two words of 16 bits, or four of 8. A reference to a reference is not allowed.
        const parts = bits > 8 ? [cells[i + 2], cells[i + 3]] : [...cells.subarray(i + 2, i + 6)];
        read(
          parts.reduce<number>((sum, part, k) => sum + (part ?? 0) * 2 ** ((bits > 8 ? 16 : 8) * k), 0),
          length,
          false,
        );
        i += 2 + parts.length;
      } else throw new RejectedImage('This DICOM file is damaged: its palette can’t be unfolded.');
    }
  };
  read(0, Number.POSITIVE_INFINITY, true);
  if (filled < count) throw new RejectedImage('This DICOM file is damaged: its palette is too short.');
  return { firstMapped, bits: bits > 8 ? 16 : 8, entries };
}
