/** As large as a tile on a screen of high resolution; pixels. */
const WIDTH = 320;
/** A photograph of twelve megapixels takes 48 MB while it is decoded. */
const AT_ONCE = 2;
/** How many small pictures are kept. */
const MOST = 400;

/**
 * Small pictures of chosen files, until the service has made its own. They are drawn when they are first needed, so that two
 * hundred files are not decoded at once.
 */
export class Previews {
  readonly #sources = new Map<string, () => Promise<Blob | undefined>>();
  readonly #drawn = new Map<string, Promise<string | undefined>>();
  readonly #waiting: (() => void)[] = [];
  #isDrawing = 0;

  /** Names where the bytes of an upload are. */
  put(id: string, source: () => Promise<Blob | undefined>): void {
    this.#sources.set(id, source);
  }

  /** Frees the picture. */
  drop(id: string): void {
    this.#sources.delete(id);
    const url = this.#drawn.get(id);
    this.#drawn.delete(id);
    void url?.then((known) => known && URL.revokeObjectURL(known));
  }

  /** An object URL; undefined for files that the browser cannot draw. */
  get(id: string): Promise<string | undefined> {
    const known = this.#drawn.get(id);
    if (known) return known;
    const source = this.#sources.get(id);
    if (!source) return Promise.resolve(undefined);
    const drawn = this.#draw(source).catch(() => undefined);
    this.#drawn.set(id, drawn);
    for (const oldest of this.#drawn.keys()) {
      if (this.#drawn.size <= MOST) break;
      this.drop(oldest);
    }
    return drawn;
  }

  async #draw(source: () => Promise<Blob | undefined>): Promise<string | undefined> {
    if (this.#isDrawing >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#isDrawing += 1;
    try {
      const file = await source();
      if (!file) return undefined;
      const picture = await createImageBitmap(file, { resizeWidth: WIDTH, resizeQuality: 'medium' });
      const canvas = new OffscreenCanvas(picture.width, picture.height);
      canvas.getContext('bitmaprenderer')?.transferFromImageBitmap(picture);
      return URL.createObjectURL(await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 }));
    } finally {
      this.#isDrawing -= 1;
      this.#waiting.shift()?.();
    }
  }
}
