import type { Affine } from '../../../lib/domain/images/affine.ts';
import { windowBetween, windowEnds, windowTransform } from '../../../lib/media/dicom/draw/voi-transform.ts';
import { ApiError, explain } from '../api/api-error.ts';
import {
  type DragTool,
  loadAhead,
  loadedFrame,
  openViewport,
  placementIn,
  registerFrames,
  VOI_MODIFIED,
} from './cornerstone.ts';
import type { Frame } from './frame.ts';
import type { LoadedFrame } from './load-frame.ts';
import { ownRange, type Range, toMeasured, toSteps } from './window-steps.ts';

/** The state of the viewport, for the user interface. */
export interface ViewportState {
  status: 'loading' | 'shown' | 'failed';
  frame: Frame | undefined;
  /** Why the frame can't be shown. */
  failure?: string;
  /** In values of the modality; for colour images in display levels. */
  window?: { center: number; width: number };
  isInverted: boolean;
}

const AHEAD = 3;
const BEHIND = 1;
/** Screen pixels for one image pixel: the smallest images have eight pixels. */
const LARGEST = 1000;
const SMALLEST = 0.02;

/** A viewport that shows one frame at a time, with window, zoom and pan. */
export class DicomViewport {
  readonly #view: ReturnType<typeof openViewport>;
  readonly #element: HTMLDivElement;
  readonly #tell: (state: ViewportState) => void;
  readonly #observer: ResizeObserver;
  #frames: readonly Frame[] = [];
  #wanted = 0;
  #isBusy = false;
  #isClosed = false;
  /** The shape of the shown frame: a frame of another shape resets zoom and pan. */
  #shape = '';
  #shown: { frame: Frame; loaded: LoadedFrame } | undefined;
  /** The last requested frame, whether it can be shown or not. */
  #tried: Frame | undefined;
  #failure: string | undefined;
  /** The window that the user selected, in values of the modality. It is kept for all frames. */
  #window: Range | undefined;
  #isInverted = false;

  constructor(element: HTMLDivElement, tell: (state: ViewportState) => void) {
    this.#element = element;
    this.#tell = tell;
    this.#view = openViewport(element);
    element.addEventListener(VOI_MODIFIED, this.#onDragged);
    this.#observer = new ResizeObserver(() => this.#view.resize());
    this.#observer.observe(element);
  }

  close(): void {
    this.#isClosed = true;
    this.#observer.disconnect();
    this.#element.removeEventListener(VOI_MODIFIED, this.#onDragged);
    this.#view.close();
  }

  choose(tool: DragTool): void {
    this.#view.choose(tool);
  }

  /** Shows a frame of the list. If requests come faster than frames load, only the last one is shown. */
  show(frames: readonly Frame[], index: number): void {
    if (frames !== this.#frames) {
      this.#frames = frames;
      this.#shape = '';
      this.#shown = undefined;
      this.#tried = undefined;
      this.#window = undefined;
      this.#isInverted = false;
      registerFrames(frames);
    }
    this.#wanted = index;
    void this.#catchUp();
  }

  setWindow(center: number, width: number): void {
    this.#window = windowEnds({ center, width: Math.max(1, width) });
    this.#apply();
  }

  /** Resets the window to that of the file, or of the frame's values. */
  resetWindow(): void {
    this.#window = undefined;
    this.#apply();
  }

  invert(): void {
    this.#isInverted = !this.#isInverted;
    this.#apply();
  }

  zoom(factor: number): void {
    if (!this.#shown) return;
    const { viewport } = this.#view;
    viewport.setZoom(Math.min(LARGEST, Math.max(SMALLEST, viewport.getZoom() * factor)));
    viewport.render();
  }

  /** In CSS pixels. */
  pan(x: number, y: number): void {
    if (!this.#shown) return;
    const { viewport } = this.#view;
    const from = viewport.canvasToWorld([0, 0]);
    const to = viewport.canvasToWorld([x, y]);
    const { focalPoint } = viewport.getCamera();
    if (!focalPoint) return;
    const [a, b, c] = focalPoint;
    viewport.setCamera({ focalPoint: [a - to[0] + from[0], b - to[1] + from[1], c - to[2] + from[2]] });
    viewport.render();
  }

  /** Resets zoom, pan and window. */
  reset(): void {
    this.#window = undefined;
    this.#isInverted = false;
    if (this.#shown) this.#view.viewport.resetCamera();
    this.#apply();
  }

  /** Where a frame is drawn: from its pixels to CSS pixels of the element. Undefined while it is not shown. */
  placement(frame: Frame): Affine | undefined {
    return this.#shown?.frame === frame && !this.#isClosed ? placementIn(this.#view.viewport) : undefined;
  }

  async #catchUp(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (let frame = this.#next(); frame; frame = this.#next()) await this.#showOne(frame);
    } finally {
      this.#isBusy = false;
    }
  }

  #next(): Frame | undefined {
    const frame = this.#frames[this.#wanted];
    return this.#isClosed || frame === this.#tried ? undefined : frame;
  }

  async #showOne(frame: Frame): Promise<void> {
    this.#tried = frame;
    this.#report('loading', frame);
    const list = this.#frames;
    const index = this.#wanted;
    try {
      const loaded = await loadedFrame(frame);
      if (this.#isClosed || this.#frames !== list) return;
      const { viewport } = this.#view;
      const shape = `${loaded.kind} ${loaded.width} ${loaded.height}`;
      if (shape === this.#shape) await viewport.setImageIdIndex(index);
      else
        await viewport.setStack(
          list.map(({ imageId }) => imageId),
          index,
        );
      if (this.#isClosed) return;
      this.#shape = shape;
      this.#shown = { frame, loaded };
      this.#apply();
      loadAhead([
        ...list.slice(index + 1, index + 1 + AHEAD),
        ...list.slice(Math.max(0, index - BEHIND), index),
      ]);
    } catch (error) {
      if (this.#isClosed || this.#frames !== list) return;
      this.#shape = '';
      this.#shown = undefined;
      this.#failure = reasonOf(error);
      this.#report('failed', frame);
    }
  }

  /** Draws the frame with the selected window, or otherwise with its own. */
  #apply(): void {
    if (!this.#shown) return;
    const { frame, loaded } = this.#shown;
    const voiRange = toSteps(this.#window ?? ownRange(loaded), loaded);
    const { viewport } = this.#view;
    this.#look();
    viewport.setProperties({ voiRange, invert: this.#isInverted }, true);
    viewport.render();
    this.#report('shown', frame);
  }

  #look(): void {
    const voi = this.#window && windowTransform(windowBetween(this.#window));
    this.#view.look({ voi, isInverted: this.#isInverted });
  }

  readonly #onDragged = (): void => {
    const range = this.#view.viewport.getProperties().voiRange;
    if (!this.#shown || !range) return;
    this.#window = toMeasured(range, this.#shown.loaded);
    this.#look();
    this.#report('shown', this.#shown.frame);
  };

  #report(status: ViewportState['status'], frame: Frame): void {
    const loaded = this.#shown?.loaded;
    const range = this.#window ?? (loaded && ownRange(loaded));
    this.#tell({
      status,
      frame,
      ...(status === 'failed' && this.#failure !== undefined && { failure: this.#failure }),
      ...(range && { window: windowBetween(range) }),
      isInverted: this.#isInverted,
    });
  }
}

/** Why a frame can't be shown: for an error of the service, only its reason. */
const reasonOf = (error: unknown): string =>
  error instanceof ApiError && error.status === 406 && error.details.length > 0
    ? error.details.join(' · ')
    : explain(error);
