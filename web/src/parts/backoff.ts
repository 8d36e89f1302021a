import { backOffMs } from '../../../lib/domain/back-off.ts';

/** A delay before the next attempt, about doubled each time. */
export class Backoff {
  readonly #firstMs: number;
  readonly #longestMs: number;
  readonly #onEnd: () => void;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(firstMs: number, longestMs: number, onEnd: () => void) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
    this.#onEnd = onEnd;
  }

  get isOn(): boolean {
    return this.#timer !== undefined;
  }

  start(): void {
    if (this.isOn) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#onEnd();
      },
      backOffMs(++this.#failures, this.#firstMs, this.#longestMs),
    );
  }

  /** Ends the current delay. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Resets the delay after a success. */
  reset(): void {
    this.#failures = 0;
  }
}
