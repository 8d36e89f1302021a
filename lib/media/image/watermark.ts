import { join } from 'node:path';
import { sharp } from './libvips.ts';
import { fromPixels, type Pixels, toPixels } from './pixels.ts';

/**
 * The font, of which Lambda's machines have none: DejaVu Sans has Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew,
 * Arabic and most symbols. Of other scripts, Pango draws boxes with the characters' numbers, which is a mark as well.
 * In the bundle it lies beside the code.
 */
const fontfile = join(
  import.meta.dirname,
  import.meta.filename.endsWith('.ts') ? '../../../node_modules/dejavu-fonts-ttf/ttf' : '.',
  'DejaVuSans-Bold.ttf',
);

/** Slanted, so that no row or column of the picture is free of it. */
const DEGREES = -30;

/** White and half transparent, with a dark rim: to be seen on any ground, and the picture through it. */
const FILL_OPACITY = 0.5;
const RIM_OPACITY = 0.5;

/** Draws a text all over a picture, so often that it is still there when a corner of the picture is cut away. */
export async function drawWatermark(pixels: Pixels, text: string): Promise<Pixels> {
  const tile = await drawTile(text, pixels);
  const input = Buffer.from(tile.data.buffer, tile.data.byteOffset, tile.data.length);
  const raw = { width: tile.width, height: tile.height, channels: tile.channels };
  const marked = fromPixels(pixels).composite([{ input, raw, tile: true, gravity: 'centre' }]);
  // 1 and 3 channels have no transparency, and get none by the way.
  return toPixels(pixels.channels % 2 === 0 ? marked : marked.removeAlpha());
}

/** One piece of the pattern, not larger than the picture. */
async function drawTile(text: string, { width, height }: Pixels): Promise<Pixels> {
  const side = Math.min(width, height);
  // The longer the text, the smaller: all of it has to be in every quarter of the picture.
  const size = Math.max(10, Math.round(side / (20 + text.length / 5)));
  const gap = Math.round(size / 2);
  const ink = await toPixels(
    sharp({
      text: {
        text: escapeMarkup(text),
        font: `DejaVu Sans Bold ${size}`,
        fontfile,
        // A point is a pixel.
        dpi: 72,
        // Short lines: the squarer the block, the fewer holes the pattern has.
        width: 8 * size,
        align: 'centre',
        wrap: 'word-char',
      },
    })
      .rotate(DEGREES, { background: 'black' })
      .extend({ top: gap, bottom: gap, left: gap, right: gap, background: 'black' })
      .extractChannel(0),
  );
  // What is larger than the picture loses its rims: nothing larger can be laid over it.
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

/** White where the ink is, black around it, each as transparent as it should be. */
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

/** Pango reads markup (its reference, "The Pango Markup Language"): a text has to stay one. */
const escapeMarkup = (text: string) => text.replace(/[&<>'"]/g, (char) => `&#${char.charCodeAt(0)};`);
