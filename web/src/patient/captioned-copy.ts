import { text } from '../messages/text.ts';

/** The height of a line and of the margins, in heights of its letters. */
const LINE = 1.4;
const MARGIN = 0.6;
/** Letters in parts of the width of the picture, and at least so many pixels. */
const LETTERS = 1 / 50;
const LEAST = 12;
const QUALITY = 0.92;

/**
 * A JPEG of a picture with what is drawn over it, and lines of text below it, such as whose it is: also where its file goes without its name.
 *
 * @throws Error if the browser cannot draw the picture
 */
export async function captionedCopy(
  picture: Blob,
  captions: readonly string[],
  over?: CanvasImageSource,
): Promise<Blob> {
  const bitmap = await createImageBitmap(picture);
  const { width, height } = bitmap;
  const size = Math.max(LEAST, Math.round(width * LETTERS));
  const font = [`${size}px`, getComputedStyle(document.body).fontFamily].join(' ');
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  context.font = font;
  const lines = captions.flatMap((caption) =>
    linesOf(caption, (words) => context.measureText(words).width <= width - 2 * size * MARGIN),
  );
  canvas.width = width;
  canvas.height = height + Math.ceil(size * (LINE * lines.length + 2 * MARGIN));
  // Also behind what is transparent.
  context.fillStyle = 'white';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  if (over) context.drawImage(over, 0, 0, width, height);
  context.fillStyle = 'black';
  // Another size of the canvas has reset it.
  context.font = font;
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

/** The lines of a text, of as many words as fit each. A word that fits none has one of its own. */
function linesOf(words: string, fits: (line: string) => boolean): string[] {
  const lines: string[] = [];
  for (const word of words.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && fits(`${line} ${word}`)) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
