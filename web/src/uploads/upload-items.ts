import type { UploadItem } from './upload-record.ts';

const NOTIFY_MS = 100;
const UNDER_WAY = ['waiting', 'sending', 'checking'] as const;

/** The progress of each file for the page, updated at most ten times a second. */
export class UploadItems {
  readonly #items = new Map<string, UploadItem>();
  readonly #places = new Map<string, string>();
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

  /** The upload that made an image, whose place in a list the image has; the image itself if it is not of this page. */
  readonly placeOf = (imageId: string): string => this.#places.get(imageId) ?? imageId;

  put(item: UploadItem): void {
    this.#items.set(item.id, item);
    if (item.imageId) this.#places.set(item.imageId, item.id);
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
    if (UNDER_WAY.some((state) => this.in(state).length > 0)) return;
    for (const item of this.in('stored')) {
      // An image keeps its place until the list of its batch or case has it.
      if (item.target.kind === 'dicom') this.remove(item.id);
      else if (!item.isCleared) this.update(item.id, { isCleared: true });
    }
  }

  /** Called when the list of the batch or case has the image. */
  markListed(id: string): void {
    const item = this.#items.get(id);
    if (item?.state === 'stored' && item.isCleared) this.remove(id);
  }

  notify(): void {
    this.#notifying ??= setTimeout(() => {
      this.#notifying = undefined;
      this.#shown = [...this.#items.values()];
      for (const listener of this.#listeners) listener();
    }, NOTIFY_MS);
  }
}
