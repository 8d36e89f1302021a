import { join } from 'node:path';
import { sharp } from './libvips.ts';
import { fromPixels, type Pixels, toPixels } from './pixels.ts';

/**
 * The font, because Lambda has none: DejaVu Sans has Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew, Arabic and
 * most symbols. For other scripts, Pango draws boxes with the code points, which also serves as a mark. In the bundle
 * it is beside the code.
 */
const fontfile = join(
  import.meta.dirname,
  import.meta.filename.endsWith('.ts') ? '../../../node_modules/dejavu-fonts-ttf/ttf' : '.',
  'DejaVuSans-Bold.ttf',
);

/** Slanted, so that no row or column of the image is free of it. */
const DEGREES = -30;

/** White and half transparent, with a dark outline: visible on any background, without hiding the image. */
const FILL_OPACITY = 0.5;
const RIM_OPACITY = 0.5;

/** Draws a text over the whole image, so often that it remains if a corner of the image is cropped. */
export async function drawWatermark(pixels: Pixels, text: string): Promise<Pixels> {
  const tile = await drawTile(text, pixels);
  const input = Buffer.from(tile.data.buffer, tile.data.byteOffset, tile.data.length);
  const raw = { width: tile.width, height: tile.height, channels: tile.channels };
  const marked = fromPixels(pixels).composite([{ input, raw, tile: true, gravity: 'centre' }]);
  // Images of 1 and 3 channels have no transparency, and must not get any.
  return toPixels(pixels.channels % 2 === 0 ? marked : marked.removeAlpha());
}

/** One tile of the pattern, at most as large as the image. */
async function drawTile(text: string, { width, height }: Pixels): Promise<Pixels> {
  const side = Math.min(width, height);
  // A longer text gets a smaller font: every quarter of the image must contain all of it.
  const size = Math.max(10, Math.round(side / (20 + text.length / 5)));
  const gap = Math.round(size / 2);
  const ink = await toPixels(
    sharp({
      text: {
        text: escapeMarkup(text),
        font: `DejaVu Sans Bold ${size}`,
        fontfile,
        // One point is one pixel.
        dpi: 72,
        // Short lines: a nearly square block leaves fewer gaps in the pattern.
        width: 8 * size,
        align: 'centre',
        wrap: 'word-char',
      },
    })
      .rotate(DEGREES, { background: 'black' })
      .extend({ top: gap, bottom: gap, left: gap, right: gap, background: 'black' })
      .extractChannel(0),
  );
  // Crops the text to the image's size, because a larger one can't be composited.
  const fitting = await toPixels(
    fromPixels(ink)
      .extract({
        left: Math.max(0, Math.floor((ink.width - width) / 2)),
        top: Math.max(0, Math.floor((ink.height - height) / 2)),
        width: Math.min(ink.width, width),
        height: Math.min(ink.height, height),
      })
      .extractChannel(0),
  );
  const rim = await toPixels(
    fromPixels(fitting)
      .blur(Math.max(0.5, size / 16))
      .extractChannel(0),
  );
  return colour(fitting, rim);
}

/** White for the text, black for the outline, each with its opacity. */
function colour(ink: Pixels, rim: Pixels): Pixels {
  const data = new Uint8Array(ink.width * ink.height * 4);
  for (let i = 0; i < ink.width * ink.height; i++) {
    const fill = ((ink.data[i] ?? 0) / 255) * FILL_OPACITY;
    const dark = Math.min(1, ((rim.data[i] ?? 0) / 255) * 2) * RIM_OPACITY * (1 - (ink.data[i] ?? 0) / 255);
    const opacity = fill + dark;
    data.fill(opacity === 0 ? 0 : Math.round((255 * fill) / opacity), i * 4, i * 4 + 3);
    data[i * 4 + 3] = Math.round(255 * opacity);
  }
  return { data, width: ink.width, height: ink.height, channels: 4 };
}

/** Pango parses markup (its reference, "The Pango Markup Language"), so the text is escaped. */
const escapeMarkup = (text: string) => text.replace(/[&<>'"]/g, (char) => `&#${char.charCodeAt(0)};`);
