import { pageConfig } from '../page-config.ts';

const FIRST = 20;
/** The fraction of the URLs' lifetime within which they should be used. */
const SOON = 1 / 3;

/**
 * The number of files in one request for upload URLs. It is small at first, so that the upload starts soon and no URL expires
 * in a slow network. It grows when the URLs are used up quickly, because a person has ten such requests a minute.
 */
export class GroupSize {
  #files = FIRST;
  #latest: { askedAt: number; lifeMs: number } | undefined;

  /** The size of the next request, now that the URLs of the latest one are nearly used up. */
  next(now = Date.now()): number {
    if (this.#latest && now - this.#latest.askedAt < this.#latest.lifeMs * SOON) this.#files *= 2;
    this.#files = Math.min(this.#files, pageConfig().filesPerRequest);
    this.#latest = undefined;
    return this.#files;
  }

  /** Called when URLs were granted until this time. */
  given(endsAt: number, now = Date.now()): void {
    this.#latest = { askedAt: now, lifeMs: endsAt - now };
  }

  /** Called when URLs expired unused. */
  tooMany(): void {
    this.#latest = undefined;
    this.#files = Math.max(FIRST, Math.floor(this.#files / 2));
  }
}
