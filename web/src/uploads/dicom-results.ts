import { askDicom } from './request-grants.ts';

/** How often the page asks what became of sent files; milliseconds. */
const ASK_MS = 1500;
/** How many the service takes in one request. */
const AT_ONCE = 100;

type Result = Awaited<ReturnType<typeof askDicom>>[number];

/** Asks what became of DICOM files whose bytes are stored, until all are decided. */
export class DicomResults {
  readonly #waiting = new Map<string, string>();
  readonly #onResult: (id: string, result: Result) => void;
  #isAsking = false;

  /** @param onResult called once for each file, with its id on this page */
  constructor(onResult: (id: string, result: Result) => void) {
    this.#onResult = onResult;
  }

  follow(id: string, uploadId: string): void {
    this.#waiting.set(uploadId, id);
    if (!this.#isAsking) void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    while (this.#waiting.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
      const asked = [...this.#waiting.keys()].slice(0, AT_ONCE);
      // A failure of the network: the next attempt may succeed.
      for (const result of await askDicom(asked).catch(() => [])) {
        const id = this.#waiting.get(result.uploadId);
        // Behind those that have not been asked about yet.
        this.#waiting.delete(result.uploadId);
        if (id === undefined) continue;
        if (result.status === 'pending' || result.status === 'scanning')
          this.#waiting.set(result.uploadId, id);
        else this.#onResult(id, result);
      }
    }
    this.#isAsking = false;
  }
}
