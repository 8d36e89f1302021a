import { pageConfig } from '../page-config.ts';

const FIRST = 20;
/** The part of the URLs' life within which they are to be used. */
const SOON = 1 / 3;

/**
 * The number of files in one request for upload URLs. It is small at first, so that the upload starts soon and no URL expires
 * in a slow network. It grows when the URLs are used up quickly, because a person has ten such requests a minute.
 */
export class GroupSize {
  #files = FIRST;
  #latest: { askedAt: number; lifeMs: number } | undefined;

  /** What the next request is to ask for, now that what the latest gave is nearly used up. */
  next(now = Date.now()): number {
    if (this.#latest && now - this.#latest.askedAt < this.#latest.lifeMs * SOON) this.#files *= 2;
    this.#files = Math.min(this.#files, pageConfig().filesPerRequest);
    this.#latest = undefined;
    return this.#files;
  }

  /** Leave was given until a time. */
  given(endsAt: number, now = Date.now()): void {
    this.#latest = { askedAt: now, lifeMs: endsAt - now };
  }

  /** URLs ended before they were used. */
  tooMany(): void {
    this.#latest = undefined;
    this.#files = Math.max(FIRST, Math.floor(this.#files / 2));
  }
}
