import type { Frame } from '../frame.ts';
import { prefetchCount, prefetchOrder, type Reading } from './prefetch-order.ts';

/** Loads frames, and knows those that it has. */
export interface FrameSource {
  isLoaded: (frame: Frame) => boolean;
  /** Resolves to the size in memory. */
  load: (frame: Frame) => Promise<number>;
  cancel: (frame: Frame) => void;
}

/** The loads at a time, beside that of the wanted frame. */
const AT_ONCE = 4;

/** Loads the frames that are likely to be shown next, and gives up those that no longer are. */
export class Prefetcher {
  readonly #source: FrameSource;
  readonly #running = new Map<string, Frame>();
  /** The image ids of frames that could not be loaded: they are loaded again only when they are wanted. */
  readonly #failed = new Set<string>();
  /** The image id of the frame that is shown next. */
  #awaited: string | undefined;
  #frames: readonly Frame[] = [];
  #reading: Reading = { count: 0, index: 0, direction: 1 };
  /** Of the last loaded frame: as long as none is known, few are loaded. */
  #bytesOfFrame = Number.POSITIVE_INFINITY;

  constructor(source: FrameSource) {
    this.#source = source;
  }

  /** Loads the wanted frame at once, and then those around it. */
  aim(frames: readonly Frame[], index: number, direction: Reading['direction']): void {
    this.#frames = frames;
    this.#reading = { count: frames.length, index, direction };
    const [wanted, ...others] = this.#order();
    const kept = new Set([wanted, ...others].map((frame) => frame?.imageId));
    for (const [imageId, frame] of this.#running) {
      if (!kept.has(imageId) && imageId !== this.#awaited) this.#cancel(frame);
    }
    if (wanted && this.#isToLoad(wanted)) this.#load(wanted);
    if (wanted && this.#source.isLoaded(wanted)) this.#skipTo(wanted);
    this.#fill();
  }

  /**
   * Says which frame is shown next. When the reader goes on, it is given up only once the wanted one is there: otherwise nothing would be
   * shown of what somebody scrolls through faster than it loads.
   */
  await(frame: Frame | undefined): void {
    this.#awaited = frame?.imageId;
  }

  /** Gives up what is on its way. */
  stop(): void {
    this.#frames = [];
    this.#reading = { ...this.#reading, count: 0 };
    for (const frame of this.#running.values()) this.#cancel(frame);
  }

  /** The wanted frame, and those to load after it. */
  #order(): Frame[] {
    const most = prefetchCount(this.#bytesOfFrame);
    return [this.#reading.index, ...prefetchOrder(this.#reading, most)].flatMap(
      (index) => this.#frames[index] ?? [],
    );
  }

  #fill(): void {
    for (const frame of this.#order()) {
      if (this.#running.size >= AT_ONCE) return;
      if (this.#isToLoad(frame) && !this.#failed.has(frame.imageId)) this.#load(frame);
    }
  }

  #isToLoad(frame: Frame): boolean {
    return !this.#running.has(frame.imageId) && !this.#source.isLoaded(frame);
  }

  #load(frame: Frame): void {
    this.#running.set(frame.imageId, frame);
    const isCurrent = () => this.#running.get(frame.imageId) === frame;
    this.#source.load(frame).then(
      (bytes) => {
        this.#bytesOfFrame = bytes;
        if (!isCurrent()) return;
        this.#running.delete(frame.imageId);
        if (frame.imageId === this.#frames[this.#reading.index]?.imageId) this.#skipTo(frame);
        this.#fill();
      },
      // The reason is told when the frame is shown. The others would most likely fail, too.
      () => {
        if (!isCurrent()) return;
        this.#running.delete(frame.imageId);
        this.#failed.add(frame.imageId);
      },
    );
  }

  /** Gives up what was to be shown before the wanted frame, which is loaded. */
  #skipTo(wanted: Frame): void {
    const before = this.#running.get(this.#awaited ?? '');
    if (before && before.imageId !== wanted.imageId) this.#cancel(before);
  }

  #cancel(frame: Frame): void {
    this.#running.delete(frame.imageId);
    this.#source.cancel(frame);
  }
}
