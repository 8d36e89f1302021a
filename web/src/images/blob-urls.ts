import { fetchBytes } from '../api/client.ts';

/**
 * Bytes that an `<img>` cannot load itself, because it sends no token. They are fetched, kept in a least-recently-used cache,
 * and then freed.
 */
export class BlobUrls {
  readonly #kept = new Map<string, Promise<string>>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(path: string): Promise<string> {
    const known = this.#kept.get(path);
    const url = known ?? fetchBytes(path).then((bytes) => URL.createObjectURL(bytes));
    this.#kept.delete(path);
    this.#kept.set(path, url);
    // A failed request may be repeated.
    if (!known) url.catch(() => this.#kept.delete(path));
    for (const [oldest, old] of this.#kept) {
      if (this.#kept.size <= this.#most) break;
      this.#kept.delete(oldest);
      void old.then(URL.revokeObjectURL, () => undefined);
    }
    return url;
  }
}

/** Originals are up to 10 MB each. */
export const originals = new BlobUrls(12);
export const thumbnails = new BlobUrls(300);
