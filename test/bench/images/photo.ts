import sharp from 'sharp';

/** A JPEG as large as a camera's: gradients, soft spots and noise, the same at each call. */
export async function makePhoto(width: number, height: number): Promise<Buffer<ArrayBuffer>> {
  const pixels = Buffer.alloc(width * height * 3);
  let state = 1;
  for (let i = 0; i < pixels.length; i += 3) {
    const x = (i / 3) % width;
    const y = Math.floor(i / 3 / width);
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    const grain = ((state >> 16) & 31) - 16;
    const spots = 40 * Math.sin(x / 37) * Math.cos(y / 53);
    pixels[i] = clamp((255 * x) / width + spots + grain);
    pixels[i + 1] = clamp((255 * y) / height - spots + grain);
    pixels[i + 2] = clamp(128 + spots + grain);
  }
  const jpeg = sharp(pixels, { raw: { width, height, channels: 3 } }).jpeg({ quality: 90 });
  return Buffer.from(new Uint8Array(await jpeg.toBuffer()).buffer);
}

const clamp = (value: number) => Math.max(0, Math.min(255, value));
