// The page writes files with these, so that they need nothing of Node.

/** All parts as one. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** PS3.5 6.2: an even length. */
export const padded = (bytes: Uint8Array, pad: number): Uint8Array =>
  bytes.length % 2 === 0 ? bytes : joined([bytes, Uint8Array.of(pad)]);

/** Numbers of one size, in little endian. */
export function numberBytes(size: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(size);
  write(new DataView(bytes.buffer));
  return bytes;
}

export const uint16 = (number: number): Uint8Array =>
  numberBytes(2, (view) => view.setUint16(0, number, true));

export const uint32 = (number: number): Uint8Array =>
  numberBytes(4, (view) => view.setUint32(0, number, true));
