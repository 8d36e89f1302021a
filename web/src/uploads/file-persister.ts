import { deleteUpload, persistFile } from './upload-store.ts';

/** How often to try again after the browser's storage was full; uploaded files free space; milliseconds. */
const RETRY_MS = 5000;

/**
 * Copies files into the browser's storage, one after another, so that neither a reload nor a removed memory card loses them.
 * Until then the browser asks before it leaves the page.
 */
export class FilePersister {
  readonly #waiting = new Map<string, Blob>();
  readonly #notPersisted = new Map<string, Blob>();
  readonly #onPersisted: (id: string) => void;
  #isBusy = false;

  constructor(onPersisted: (id: string) => void) {
    this.#onPersisted = onPersisted;
    window.addEventListener('beforeunload', (event) => {
      if (this.#waiting.size > 0 || this.#notPersisted.size > 0) event.preventDefault();
    });
    setInterval(() => this.#retry(), RETRY_MS);
  }

  /** How many files the browser could not store: they are uploaded only while the page stays open. */
  get notPersisted(): number {
    return this.#notPersisted.size;
  }

  keep(id: string, file: Blob): void {
    this.#waiting.set(id, file);
    if (!this.#isBusy) void this.#work();
  }

  /** Called when the file is no longer needed. */
  drop(id: string): void {
    this.#waiting.delete(id);
    this.#notPersisted.delete(id);
  }

  /** If one file fitted, the next one may fit, too. */
  #retry(): void {
    const [next] = this.#notPersisted;
    if (next) this.keep(...next);
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (const [id, file] of this.#waiting) {
      const isPersisted = await persistFile(id, file).then(
        () => true,
        () => false,
      );
      const wasNotPersisted = this.#notPersisted.delete(id);
      const isWanted = this.#waiting.delete(id);
      if (isPersisted && isWanted) this.#onPersisted(id);
      else if (isPersisted) await deleteUpload(id).catch(() => undefined);
      else if (isWanted) this.#notPersisted.set(id, file);
      if (isPersisted && wasNotPersisted) this.#retry();
    }
    this.#isBusy = false;
  }
}
