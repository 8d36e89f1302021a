/** Flipped bits, a truncation, a range of random bytes, or a changed length field. */
export function tamper(original: Uint8Array, random: () => number): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(original);
  const place = () => Math.floor(random() * bytes.length);
  const kind = Math.floor(random() * 4);
  if (kind === 0) for (let i = 0; i < 1 + random() * 20; i++) flip(bytes, place(), Math.floor(random() * 8));
  if (kind === 1) return bytes.subarray(0, place());
  if (kind === 2)
    for (let at = place(), left = 64; left > 0 && at < bytes.length; left--, at++) bytes[at] = random() * 256;
  // In the header, where length fields are.
  if (kind === 3) {
    const at = 132 + Math.floor(random() * Math.min(2000, bytes.length - 140));
    new DataView(bytes.buffer).setUint32(
      at,
      [0xffff_ffff, 0x7fff_ffff, 0, 1, 0xffff][Math.floor(random() * 5)] ?? 0,
      true,
    );
  }
  return bytes;
}

function flip(bytes: Uint8Array, at: number, bit: number): void {
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
}

/** mulberry32: the same variants every time. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
