import { crc32 } from 'node:zlib';
import fc from 'fast-check';

/** A change of a file. Places are any numbers: they count modulo the length of the file. */
type Mutation =
  | { kind: 'flip'; bits: { at: number; bit: number }[] }
  | { kind: 'truncate'; at: number }
  | { kind: 'remove'; at: number; length: number }
  | { kind: 'duplicate'; at: number; length: number }
  | { kind: 'number'; at: number; size: 1 | 2 | 4 | 8; value: bigint; isLittle: boolean }
  | { kind: 'digits'; at: number; text: string }
  | { kind: 'splice'; at: number; from: number; length: number; other: number; isInserted: boolean };

/** What makes a case of one of the files. */
export interface Recipe {
  file: number;
  mutations: Mutation[];
  /** Whether the checksums of a PNG are made right again, so that its reader looks further. */
  mendsChecksums: boolean;
}

/** A third of the places is near the beginning, where headers are. */
const place = fc.oneof(fc.noBias(fc.nat(1024)), { arbitrary: fc.noBias(fc.nat(2 ** 31 - 1)), weight: 2 });
const length = fc.oneof(fc.integer({ min: 1, max: 64 }), fc.noBias(fc.integer({ min: 1, max: 100_000 })));

/** Values at which a length, a count, an offset or a size of pixels breaks a reader. */
const edges = [0n, 1n, 2n, 0x7fn, 0x80n, 0xffn, 0x7fffn, 0x8000n, 0xfffen, 0xffffn, 0x10000n];
const largeEdges = [
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_fffen,
  0xffff_ffffn,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];
const edge = fc.oneof(fc.constantFrom(...edges, ...largeEdges), fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }));

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({
    kind: fc.constant('flip' as const),
    bits: fc.array(fc.record({ at: place, bit: fc.nat(7) }), { minLength: 1, maxLength: 6 }),
  }),
  fc.record({ kind: fc.constant('truncate' as const), at: place }),
  fc.record({ kind: fc.constant('remove' as const), at: place, length }),
  fc.record({ kind: fc.constant('duplicate' as const), at: place, length }),
  fc.record({
    kind: fc.constant('number' as const),
    at: place,
    size: fc.constantFrom(1, 2, 4, 8),
    value: edge,
    isLittle: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('digits' as const),
    at: place,
    text: fc.oneof(edge.map(String), fc.constantFrom('-1', '1e9', '0.00001', '99999999999999999999')),
  }),
  fc.record({
    kind: fc.constant('splice' as const),
    at: place,
    from: place,
    length,
    other: fc.nat(),
    isInserted: fc.boolean(),
  }),
);

/** The recipe of a case: the same for the same seed and the same number of files. */
export function recipeOf(seed: number, files: number): Recipe {
  const recipe = fc.record({
    file: fc.noBias(fc.nat(files - 1)),
    mutations: fc.array(mutation, { minLength: 1, maxLength: 3 }),
    mendsChecksums: fc.boolean(),
  });
  const [made] = fc.sample(recipe, { seed, numRuns: 1 });
  if (!made) throw new Error(`the seed ${seed} makes no case`);
  return made;
}

/** The bytes of a case. */
export function applyRecipe(
  { file, mutations, mendsChecksums }: Recipe,
  files: readonly Uint8Array[],
): Buffer {
  const bytes = mutations.reduce<Buffer>(
    (bytes, each) => mutated(bytes, each, files),
    Buffer.from(files[file] ?? new Uint8Array(0)),
  );
  return mendsChecksums ? withPngChecksums(bytes) : bytes;
}

function mutated(bytes: Buffer, mutation: Mutation, files: readonly Uint8Array[]): Buffer {
  if (bytes.length === 0) return bytes;
  if (mutation.kind === 'flip') return flipped(bytes, mutation.bits);
  const at = mutation.at % bytes.length;
  const around = (middle: Uint8Array, next: number) =>
    Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(next)]);
  switch (mutation.kind) {
    case 'truncate':
      return bytes.subarray(0, at);
    case 'remove':
      return around(new Uint8Array(0), at + mutation.length);
    case 'duplicate':
      return around(bytes.subarray(at, at + mutation.length), at);
    case 'number':
      return around(numberBytes(mutation).subarray(0, bytes.length - at), at + mutation.size);
    case 'digits': {
      const found = /\d+/.exec(bytes.toString('latin1', at, at + 4096));
      if (!found) return bytes;
      const start = at + found.index;
      const end = start + found[0].length;
      return Buffer.concat([bytes.subarray(0, start), Buffer.from(mutation.text), bytes.subarray(end)]);
    }
    case 'splice': {
      const other = files[mutation.other % files.length] ?? bytes;
      const from = mutation.from % Math.max(1, other.length);
      const part = other.subarray(from, from + mutation.length);
      return around(part, mutation.isInserted ? at : at + part.length);
    }
  }
}

function flipped(bytes: Buffer, bits: { at: number; bit: number }[]): Buffer {
  const copy = Buffer.from(bytes);
  for (const { at, bit } of bits) {
    const index = at % copy.length;
    copy[index] = (copy[index] ?? 0) ^ (1 << bit);
  }
  return copy;
}

function numberBytes({ size, value, isLittle }: Extract<Mutation, { kind: 'number' }>): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(size * 8, value));
  const cut = bytes.subarray(0, size);
  return isLittle ? cut : cut.reverse();
}

/** Writes the checksum of each chunk of a PNG anew (PNG 3rd edition, 5.3). Other files stay as they are. */
function withPngChecksums(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  if (copy.toString('latin1', 1, 4) !== 'PNG') return copy;
  for (let at = 8; at + 12 <= copy.length; ) {
    const end = at + 8 + copy.readUInt32BE(at);
    if (end + 4 > copy.length) break;
    copy.writeUInt32BE(crc32(copy.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return copy;
}
