import { dropUpload, keepFile } from './upload-store.ts';

/**
 * Copies files into the browser's own store, one after another, so that neither a reload loses them nor a memory card
 * that is pulled out. Until that is done the browser asks before it leaves the page.
 */
export class FileKeeper {
  readonly #waiting = new Map<string, Blob>();
  readonly #homeless = new Set<string>();
  readonly #onKept: (id: string) => void;
  #isBusy = false;

  constructor(onKept: (id: string) => void) {
    this.#onKept = onKept;
    window.addEventListener('beforeunload', (event) => {
      if (this.#waiting.size > 0 || this.#homeless.size > 0) event.preventDefault();
    });
  }

  /** For how many files the browser has no room: they are sent as long as the page stays open. */
  get homeless(): number {
    return this.#homeless.size;
  }

  keep(id: string, file: Blob): void {
    this.#waiting.set(id, file);
    if (!this.#isBusy) void this.#work();
  }

  /** Nobody needs it any more. */
  drop(id: string): void {
    this.#waiting.delete(id);
    this.#homeless.delete(id);
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (const [id, file] of this.#waiting) {
      try {
        await keepFile(id, file);
        if (this.#waiting.has(id)) this.#onKept(id);
        else await dropUpload(id);
      } catch {
        if (this.#waiting.has(id)) this.#homeless.add(id);
      }
      this.#waiting.delete(id);
    }
    this.#isBusy = false;
  }
}
