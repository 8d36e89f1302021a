/** A wait before the next try, about twice as long each time. */
export class Backoff {
  readonly #firstMs: number;
  readonly #longestMs: number;
  readonly #onEnd: () => void;
  #nextMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(firstMs: number, longestMs: number, onEnd: () => void) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
    this.#onEnd = onEnd;
    this.#nextMs = firstMs;
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
      // Not all pages at once, after a fault of the service.
      this.#nextMs * (0.5 + Math.random()),
    );
    this.#nextMs = Math.min(this.#nextMs * 2, this.#longestMs);
  }

  /** There is no need to wait any longer. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** It worked: the next wait is a short one again. */
  reset(): void {
    this.#nextMs = this.#firstMs;
  }
}
