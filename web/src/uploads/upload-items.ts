import type { UploadItem } from './upload-record.ts';

const NOTIFY_MS = 100;

/** The progress of each file for the page, updated at most ten times a second. */
export class UploadItems {
  readonly #items = new Map<string, UploadItem>();
  readonly #listeners = new Set<() => void>();
  #shown: readonly UploadItem[] = [];
  #notifying: ReturnType<typeof setTimeout> | undefined;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly shown = (): readonly UploadItem[] => this.#shown;

  get(id: string): UploadItem | undefined {
    return this.#items.get(id);
  }

  in(state: UploadItem['state']): UploadItem[] {
    return [...this.#items.values()].filter((item) => item.state === state);
  }

  put(item: UploadItem): void {
    this.#items.set(item.id, item);
    this.notify();
  }

  update(id: string, changes: Partial<UploadItem>): void {
    const item = this.#items.get(id);
    if (item) this.put({ ...item, ...changes });
  }

  remove(id: string): void {
    this.#items.delete(id);
    this.notify();
  }

  /** Stored files leave the list when all files are stored, so that the total stays right. */
  clearStored(): void {
    if (this.in('waiting').length > 0 || this.in('sending').length > 0) return;
    for (const { id } of this.in('stored')) this.remove(id);
  }

  notify(): void {
    this.#notifying ??= setTimeout(() => {
      this.#notifying = undefined;
      this.#shown = [...this.#items.values()];
      for (const listener of this.#listeners) listener();
    }, NOTIFY_MS);
  }
}
