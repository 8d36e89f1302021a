/** The speed is that of the last seconds: a transfer may slow down, and what was long ago says little about the rest. */
const WINDOW_MS = 10_000;

/** Measures how fast bytes are transferred. */
export class Speed {
  readonly #nowMs: () => number;
  readonly #startMs: number;
  #transfers: { atMs: number; bytes: number }[] = [];

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
    this.#startMs = nowMs();
  }

  add(bytes: number): void {
    const atMs = this.#nowMs();
    const last = this.#transfers.at(-1);
    // A tenth of a second together, so that few are kept.
    if (last && atMs - last.atMs < 100) last.bytes += bytes;
    else this.#transfers.push({ atMs, bytes });
  }

  /** Bytes in a second, over the last ten seconds. */
  perSecond(): number {
    const nowMs = this.#nowMs();
    this.#transfers = this.#transfers.filter(({ atMs }) => nowMs - atMs < WINDOW_MS);
    const bytes = this.#transfers.reduce((sum, each) => sum + each.bytes, 0);
    return (bytes * 1000) / Math.max(1000, Math.min(WINDOW_MS, nowMs - this.#startMs));
  }
}
