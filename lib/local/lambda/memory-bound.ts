/**
 * The memory that counts for a process until it is measured, in MB: about what a function has when it is ready. Where
 * memory cannot be measured (without /proc), it counts for good, and the bound is one of the number of processes.
 */
export const unmeasuredMb = 64;

/** A process whose memory counts. */
interface BoundedProcess {
  memoryMb: number;
  kill(reason: string): void;
}

/**
 * The bound on the memory of all functions together. Idle processes end when it is reached, the least recently used
 * first; a busy one never ends for it.
 */
export class MemoryBound {
  readonly #limitMb: number;
  readonly #processes = new Set<BoundedProcess>();
  /** The least recently used first. */
  readonly #idle = new Set<BoundedProcess>();
  readonly #waiting = new Set<() => void>();

  constructor(limitMb: number) {
    this.#limitMb = limitMb;
  }

  /** A process starts. */
  add(process: BoundedProcess) {
    this.#processes.add(process);
  }

  /** A process ends, or will at once. */
  remove(process: BoundedProcess) {
    this.#idle.delete(process);
    if (this.#processes.delete(process)) this.#wake();
  }

  idle(process: BoundedProcess) {
    this.#idle.add(process);
    this.#wake();
  }

  busy(process: BoundedProcess) {
    this.#idle.delete(process);
  }

  /** Must be called when the memory of a process was measured: it may have grown beyond the bound. */
  measured() {
    this.#endIdle(0);
  }

  /** Ends idle processes until a new one fits. Returns false if it does not, because the others are busy. */
  makeRoom(): boolean {
    return this.#endIdle(unmeasuredMb);
  }

  /** Calls `retry` once, when a process has ended or is idle. */
  whenChanged(retry: () => void) {
    this.#waiting.add(retry);
  }

  #endIdle(neededMb: number): boolean {
    for (const process of this.#idle) {
      if (this.#fits(neededMb)) return true;
      this.#idle.delete(process);
      this.#processes.delete(process);
      process.kill('the functions together reached the bound of their memory');
    }
    return this.#fits(neededMb);
  }

  #fits(neededMb: number): boolean {
    let usedMb = neededMb;
    for (const { memoryMb } of this.#processes) usedMb += memoryMb;
    return usedMb <= this.#limitMb;
  }

  #wake() {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const retry of waiting) retry();
  }
}
