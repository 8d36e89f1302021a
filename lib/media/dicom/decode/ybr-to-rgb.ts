/**
 * Converts interleaved YBR_FULL to RGB in place (PS3.3 C.7.6.3.1.2), with the equations of JFIF and the rounding of
 * libjpeg, so that colours do not depend on the compression.
 */
export function ybrFullToRgb(samples: Uint8Array | Uint16Array, bits: number): void {
  const centre = 2 ** (bits - 1);
  const max = 2 ** bits - 1;
  const clamp = (value: number) => (value < 0 ? 0 : value > max ? max : value);
  for (let i = 0; i + 2 < samples.length; i += 3) {
    const y = samples[i] ?? 0;
    const cb = (samples[i + 1] ?? 0) - centre;
    const cr = (samples[i + 2] ?? 0) - centre;
    samples[i] = clamp(y + Math.round(1.402 * cr));
    samples[i + 1] = clamp(y + Math.floor(-0.344136286 * cb - 0.714136286 * cr + 0.5));
    samples[i + 2] = clamp(y + Math.round(1.772 * cb));
  }
}

/** YBR_PARTIAL_422, retired: luminance from 16 to 235, colour from 16 to 240 (ITU-R BT.601), in 8 bits. */
export function ybrPartialToRgb(samples: Uint8Array | Uint16Array): void {
  const clamp = (value: number) => Math.max(0, Math.min(255, Math.round(value)));
  for (let i = 0; i + 2 < samples.length; i += 3) {
    const y = 1.1644 * ((samples[i] ?? 0) - 16);
    const cb = (samples[i + 1] ?? 0) - 128;
    const cr = (samples[i + 2] ?? 0) - 128;
    samples[i] = clamp(y + 1.596 * cr);
    samples[i + 1] = clamp(y - 0.3917 * cb - 0.8129 * cr);
    samples[i + 2] = clamp(y + 2.0173 * cb);
  }
}

/** C.7.6.3.1.2: expands Y1 Y2 Cb Cr of two pixels in a row to three samples for each; both get the same Cb and Cr. */
export function expand422(samples: Uint8Array, pixelCount: number): Uint8Array {
  const expanded = new Uint8Array(pixelCount * 3);
  for (let pixel = 0; pixel < pixelCount; pixel++) {
    const pair = (pixel >> 1) * 4;
    expanded[pixel * 3] = samples[pair + (pixel & 1)] ?? 0;
    expanded[pixel * 3 + 1] = samples[pair + 2] ?? 0;
    expanded[pixel * 3 + 2] = samples[pair + 3] ?? 0;
  }
  return expanded;
}
