import type { VoiTransform } from '../../../lib/media/dicom/draw/voi-transform.ts';
import { type GreyImage, levelsOf } from './grey-image.ts';

/** How grey images are drawn. */
export interface GreyView {
  /** The selected window; without one, each image's own. */
  voi: VoiTransform | undefined;
  /** Whether black and white are swapped. */
  isInverted: boolean;
}

/** Draws grey images at the position that Cornerstone computes, with the same arithmetic as the service. */
export class GreyPainter {
  view: GreyView = { voi: undefined, isInverted: false };
  readonly #picture = document.createElement('canvas');
  #data = new ImageData(1, 1);
  #painted: { image: GreyImage; view: GreyView } | undefined;

  /** @param matrix from the pixels of the image to those of the canvas */
  paint(canvas: HTMLCanvasElement, matrix: DOMMatrix2DInit, image: GreyImage): void {
    const context = canvas.getContext('2d');
    if (!context) throw new Error('This browser gives no canvas to draw on.');
    this.#draw(image);
    context.setTransform();
    context.fillStyle = 'black';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.setTransform(matrix);
    context.imageSmoothingEnabled = true;
    context.drawImage(this.#picture, 0, 0);
  }

  /** Draws the image pixel by pixel, unless it is drawn already. */
  #draw(image: GreyImage): void {
    if (this.#painted?.image === image && this.#painted.view === this.view) return;
    const { width, height } = image;
    const { voi, isInverted } = this.view;
    if (this.#data.width !== width || this.#data.height !== height) {
      this.#picture.width = width;
      this.#picture.height = height;
      this.#data = new ImageData(width, height);
    }
    const levels = levelsOf(image, voi);
    // Red, green, blue and alpha in one word. The byte order does not matter, because the first three are equal.
    const pixels = new Uint32Array(this.#data.data.buffer);
    const inverted = isInverted ? 255 : 0;
    for (let i = 0; i < pixels.length; i++)
      pixels[i] = 0xff00_0000 | (((levels[i] ?? 0) ^ inverted) * 0x01_0101);
    this.#picture.getContext('2d')?.putImageData(this.#data, 0, 0);
    this.#painted = { image, view: this.view };
  }
}
