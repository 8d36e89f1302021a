import { setTimeout as sleep } from 'node:timers/promises';
import { logger } from './http/response.ts';

/** How long an answer is given again, so that nobody can use it to load the stores; milliseconds. */
const FRESH_MS = 5000;

/** A store that takes longer is of no use to a request. */
const PATIENCE_MS = 2000;

/** A read of each store, by the name that clients may know. */
export type StoreReads = Readonly<Record<string, () => Promise<unknown>>>;

/** Whether the stores that requests need can be read. */
export class Readiness {
  readonly #reads: StoreReads;
  readonly #now: () => Date;
  #last: { at: number; failing: Promise<string[]> } | undefined;

  constructor(reads: StoreReads, now = () => new Date()) {
    this.#reads = reads;
    this.#now = now;
  }

  /** Returns the names of the stores that can't be read. */
  failing(): Promise<string[]> {
    const at = this.#now().getTime();
    if (!this.#last || at - this.#last.at >= FRESH_MS) this.#last = { at, failing: this.#check() };
    return this.#last.failing;
  }

  async #check(): Promise<string[]> {
    const checks = Object.entries(this.#reads).map(async ([store, read]) => {
      try {
        await Promise.race([read(), tooSlow()]);
        return [];
      } catch (error) {
        logger.error('a store can not be read', { store, error: error as Error });
        return [store];
      }
    });
    return (await Promise.all(checks)).flat();
  }
}

async function tooSlow(): Promise<never> {
  await sleep(PATIENCE_MS, undefined, { ref: false });
  throw new Error(`no response within ${PATIENCE_MS} ms`);
}
