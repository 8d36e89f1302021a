import { text } from '../messages/text.ts';

/** The height of a line and of the margins, in heights of its letters. */
const LINE = 1.4;
const MARGIN = 0.6;
/** Letters in parts of the width of the picture, and at least so many pixels. */
const LETTERS = 1 / 50;
const LEAST = 12;
const QUALITY = 0.92;

/**
 * A JPEG of a picture with lines of text below it, such as whose it is: also where its file goes without its name.
 *
 * @throws Error if the browser cannot draw the picture
 */
export async function captionedCopy(picture: Blob, lines: readonly string[]): Promise<Blob> {
  const bitmap = await createImageBitmap(picture);
  const { width, height } = bitmap;
  const size = Math.max(LEAST, Math.round(width * LETTERS));
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height + Math.ceil(size * (LINE * lines.length + 2 * MARGIN));
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  // Also behind what is transparent.
  context.fillStyle = 'white';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  context.fillStyle = 'black';
  context.font = [`${size}px`, getComputedStyle(document.body).fontFamily].join(' ');
  context.textBaseline = 'middle';
  for (const [index, line] of lines.entries()) {
    const middle = height + size * (MARGIN + LINE * (index + 0.5));
    context.fillText(line, size * MARGIN, middle, width - 2 * size * MARGIN);
  }
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (copy) => (copy ? resolve(copy) : reject(new Error(text('images.not-shown')))),
      'image/jpeg',
      QUALITY,
    ),
  );
}
