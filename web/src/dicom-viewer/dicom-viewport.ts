import type { Affine } from '../../../lib/domain/images/affine.ts';
import { windowBetween, windowEnds, windowTransform } from '../../../lib/media/dicom/draw/voi-transform.ts';
import { ApiError, explain } from '../api/api-error.ts';
import { type DragTool, openViewport, placementIn, VOI_MODIFIED } from './cornerstone.ts';
import type { Frame } from './frame.ts';
import { aspectOf, frameSource, loadedFrame, registeredFrame, registerFrames } from './frame-images.ts';
import type { LoadedFrame } from './load-frame.ts';
import { fitWhenTurned, flipped, turned, UPRIGHT } from './orientation.ts';
import type { Reading } from './reading/prefetch-order.ts';
import { Prefetcher } from './reading/prefetcher.ts';
import type { Window } from './window-presets.ts';
import { fullRange, ownRange, type Range, toMeasured, toSteps } from './window-steps.ts';

/** The state of the viewport, for the user interface. */
export interface ViewportState {
  status: 'loading' | 'shown' | 'failed';
  frame: Frame | undefined;
  /** Why the frame can't be shown. */
  failure?: string;
  /** In values of the modality; for colour images in display levels. */
  window?: Window;
  /** The window of all values of a grey image. */
  fullWindow?: Window;
  isInverted: boolean;
  isFlipped: boolean;
}

/** Screen pixels for one image pixel: the smallest images have eight pixels. */
const LARGEST = 1000;
const SMALLEST = 0.02;

/** A viewport that shows one frame at a time, with window, zoom and pan. */
export class DicomViewport {
  readonly #view: ReturnType<typeof openViewport>;
  readonly #element: HTMLDivElement;
  readonly #tell: (state: ViewportState) => void;
  readonly #observer: ResizeObserver;
  readonly #prefetcher = new Prefetcher(frameSource);
  #frames: readonly Frame[] = [];
  /** The same array as long as the frames are the same, whatever more is known of them. */
  #imageIds: string[] = [];
  #wanted = 0;
  #direction: Reading['direction'] = 1;
  #isBusy = false;
  #isClosed = false;
  /** The shape of the shown frame: a frame of another shape resets zoom and pan. */
  #shape = '';
  #shown: { frame: Frame; loaded: LoadedFrame } | undefined;
  /** The image id of the last requested frame, whether it can be shown or not. */
  #tried: string | undefined;
  #failure: string | undefined;
  /** The window that the user selected, in values of the modality. It is kept for all frames. */
  #window: Range | undefined;
  #isInverted = false;
  #orientation = UPRIGHT;

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
    this.#prefetcher.stop();
    this.#observer.disconnect();
    this.#element.removeEventListener(VOI_MODIFIED, this.#onDragged);
    this.#view.close();
  }

  choose(tool: DragTool): void {
    this.#view.choose(tool);
  }

  /** Shows a frame of the list. If requests come faster than frames load, only the last one is shown. */
  show(frames: readonly Frame[], index: number): void {
    if (frames !== this.#frames) this.#take(frames);
    if (index !== this.#wanted) this.#direction = index > this.#wanted ? 1 : -1;
    this.#wanted = index;
    // Also while another frame is still on its way.
    this.#prefetcher.aim(frames, index, this.#direction);
    void this.#catchUp();
  }

  #take(frames: readonly Frame[]): void {
    this.#frames = frames;
    registerFrames(frames);
    const isSame =
      frames.length === this.#imageIds.length &&
      frames.every(({ imageId }, index) => imageId === this.#imageIds[index]);
    if (isSame) return;
    this.#imageIds = frames.map(({ imageId }) => imageId);
    this.#prefetcher.await(undefined);
    this.#wanted = 0;
    this.#direction = 1;
    this.#shape = '';
    this.#shown = undefined;
    this.#tried = undefined;
    this.#window = undefined;
    this.#isInverted = false;
    this.#orientation = UPRIGHT;
  }

  /** @param isInverted undefined leaves black and white as they are */
  setWindow(center: number, width: number, isInverted = this.#isInverted): void {
    this.#isInverted = isInverted;
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

  /** Turns the image clockwise by a quarter. */
  turn(): void {
    this.#orientation = turned(this.#orientation);
    this.#fit();
    this.#apply();
  }

  /** Flips the image left to right, as it is seen. */
  flip(): void {
    this.#orientation = flipped(this.#orientation);
    this.#orient();
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

  /** Resets zoom, pan, orientation and window. */
  reset(): void {
    this.#window = undefined;
    this.#isInverted = false;
    this.#orientation = UPRIGHT;
    this.#fit();
    this.#apply();
  }

  /** Draws the whole image, as large as it fits. */
  #fit(): void {
    if (!this.#shown) return;
    const { frame, loaded } = this.#shown;
    const { viewport } = this.#view;
    viewport.resetCamera();
    this.#orient();
    const stage = { width: this.#element.clientWidth, height: this.#element.clientHeight };
    const image = { width: loaded.width, height: loaded.height * aspectOf(frame) };
    viewport.setZoom(viewport.getZoom() * fitWhenTurned(this.#orientation, stage, image));
  }

  #orient(): void {
    if (!this.#shown) return;
    const { viewport } = this.#view;
    const { rotation, isFlipped } = this.#orientation;
    viewport.setViewPresentation({ rotation });
    viewport.setCamera({ flipHorizontal: isFlipped });
  }

  /** Where a frame is drawn: from its pixels to CSS pixels of the element. Undefined while it is not shown. */
  placement(frame: Frame): Affine | undefined {
    return this.#shown?.frame.imageId === frame.imageId && !this.#isClosed
      ? placementIn(this.#view.viewport)
      : undefined;
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
    return this.#isClosed || frame?.imageId === this.#tried ? undefined : frame;
  }

  async #showOne(frame: Frame): Promise<void> {
    this.#tried = frame.imageId;
    this.#prefetcher.await(frame);
    this.#report('loading', frame);
    const list = this.#imageIds;
    const index = this.#wanted;
    try {
      const loaded = await loadedFrame(frame);
      if (this.#isClosed || this.#imageIds !== list) return;
      const { viewport } = this.#view;
      const shape = `${loaded.kind} ${loaded.width} ${loaded.height}`;
      if (shape === this.#shape) await viewport.setImageIdIndex(index);
      else await viewport.setStack(list, index);
      if (this.#isClosed) return;
      this.#shown = { frame: registeredFrame(frame), loaded };
      if (shape !== this.#shape && this.#orientation !== UPRIGHT) this.#fit();
      this.#shape = shape;
      this.#apply();
    } catch (error) {
      if (this.#isClosed || this.#imageIds !== list) return;
      if (isAbort(error)) {
        // The reader has gone elsewhere, and may have come back.
        this.#tried = undefined;
        return;
      }
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
      ...fullWindowOf(loaded),
      isInverted: this.#isInverted,
      isFlipped: this.#orientation.isFlipped,
    });
  }
}

function fullWindowOf(loaded: LoadedFrame | undefined): Pick<ViewportState, 'fullWindow'> {
  if (loaded?.kind !== 'grey') return {};
  const fullWindow = windowBetween(fullRange(loaded));
  return fullWindow.width >= 1 ? { fullWindow } : {};
}

const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

/** Why a frame can't be shown: for an error of the service, only its reason. */
const reasonOf = (error: unknown): string =>
  error instanceof ApiError && error.status === 406 && error.details.length > 0
    ? error.details.join(' · ')
    : explain(error);
