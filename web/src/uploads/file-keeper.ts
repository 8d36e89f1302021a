import { dropUpload, keepFile } from './upload-store.ts';

/** How often is looked whether there is room now, since files that were stored are kept no longer. */
const RETRY_MS = 5000;

/**
 * Copies files into the browser's own store, one after another, so that neither a reload loses them nor a memory card
 * that is pulled out. Until that is done the browser asks before it leaves the page.
 */
export class FileKeeper {
  readonly #waiting = new Map<string, Blob>();
  readonly #homeless = new Map<string, Blob>();
  readonly #onKept: (id: string) => void;
  #isBusy = false;

  constructor(onKept: (id: string) => void) {
    this.#onKept = onKept;
    window.addEventListener('beforeunload', (event) => {
      if (this.#waiting.size > 0 || this.#homeless.size > 0) event.preventDefault();
    });
    setInterval(() => this.#retry(), RETRY_MS);
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

  /** As long as there is room for one, there may be for the next. */
  #retry(): void {
    const [next] = this.#homeless;
    if (next) this.keep(...next);
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (const [id, file] of this.#waiting) {
      const isKept = await keepFile(id, file).then(
        () => true,
        () => false,
      );
      const wasHomeless = this.#homeless.delete(id);
      const isWanted = this.#waiting.delete(id);
      if (isKept && isWanted) this.#onKept(id);
      else if (isKept) await dropUpload(id).catch(() => undefined);
      else if (isWanted) this.#homeless.set(id, file);
      if (isKept && wasHomeless) this.#retry();
    }
    this.#isBusy = false;
  }
}
