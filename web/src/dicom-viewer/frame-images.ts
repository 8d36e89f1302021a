import { cache, Enums, imageLoader, type Types, utilities } from '@cornerstonejs/core';
import { windowBetween } from '../../../lib/media/dicom/draw/voi-transform.ts';
import { pixelAspect } from '../../../lib/media/dicom/parse/pixel-aspect.ts';
import { withMetadata } from '../exams/instance-metadata.ts';
import type { Frame } from './frame.ts';
import type { GreyPainter } from './grey-painter.ts';
import { type LoadedFrame, loadFrame, readerOf } from './load-frame.ts';
import type { FrameSource } from './reading/prefetcher.ts';
import { ownRange, STEPS, toSteps } from './window-steps.ts';

/** The frames that Cornerstone may request, by id. */
const frames = new Map<string, Frame>();
/** The frames that are being loaded. */
const loads = new Map<string, { coming: Promise<LoadedFrame>; controller: AbortController }>();
const loaded = new WeakMap<Types.IImage, LoadedFrame>();

/** The painters of grey images, by the canvas of the viewport. */
export const painters = new WeakMap<HTMLCanvasElement, GreyPainter>();

/** Registers frames with Cornerstone before they are shown. */
export function registerFrames(list: readonly Frame[]): void {
  for (const frame of list) {
    if (frame.isComplete || !frames.has(frame.imageId)) frames.set(frame.imageId, frame);
  }
}

/** The frame with all metadata of its instance, once it is loaded. */
export const registeredFrame = (frame: Frame): Frame => frames.get(frame.imageId) ?? frame;

/**
 * Loads a frame, unless it is loaded. Cornerstone gets only frames that can be shown: for failures it would also cause an
 * unhandled rejection.
 *
 * @throws DOMException `AbortError` if the load was cancelled
 */
export async function loadedFrame(frame: Frame): Promise<LoadedFrame> {
  const { imageId } = frame;
  const kept = keptFrame(frame);
  if (kept) return kept;
  const load = loads.get(imageId) ?? startedLoad(frame);
  try {
    const found = await load.coming;
    await imageLoader.loadAndCacheImage(imageId);
    return found;
  } finally {
    if (loads.get(imageId) === load) loads.delete(imageId);
  }
}

function keptFrame({ imageId }: Frame): LoadedFrame | undefined {
  const known = cache.getImage(imageId);
  return known && loaded.get(known);
}

function startedLoad(frame: Frame) {
  const controller = new AbortController();
  const load = { coming: loadWhole(frame, controller.signal), controller };
  loads.set(frame.imageId, load);
  return load;
}

async function loadWhole(frame: Frame, signal: AbortSignal): Promise<LoadedFrame> {
  const whole = await withMetadata(registeredFrame(frame), signal);
  frames.set(frame.imageId, whole);
  signal.throwIfAborted();
  return loadFrame(whole, signal);
}

/** The frames of the service, for those who load ahead. */
export const frameSource: FrameSource = {
  isLoaded: (frame) => keptFrame(frame) !== undefined,
  load: async (frame) => bytesOf(await loadedFrame(frame)),
  cancel: ({ imageId }) => {
    loads.get(imageId)?.controller.abort();
    loads.delete(imageId);
  },
};

const bytesOf = (found: LoadedFrame): number =>
  found.kind === 'grey' ? found.grey.samples.byteLength : found.rgba.byteLength;

/** Provides Cornerstone with metadata. */
export function metadataOf(type: string, imageId: string): unknown {
  const frame = frames.get(imageId);
  if (!frame) return undefined;
  const { MetadataModules } = Enums;
  if (type === MetadataModules.GENERAL_SERIES) return { modality: frame.modality };
  if (type === MetadataModules.IMAGE_PLANE) return spacingOf(frame);
  // The size of the drawn image, not of the stored one.
  if (type === MetadataModules.IMAGE_PIXEL)
    return { bitsAllocated: 16, bitsStored: 16, highBit: 15, samplesPerPixel: 1 };
  return undefined;
}

/** The aspect ratio of the pixels of a frame, height to width. */
export const aspectOf = (frame: Frame): number => pixelAspect(readerOf(frame), frame.number - 1);

/** The pixel aspect ratio. The absolute size would matter only for measurements. */
const spacingOf = (frame: Frame) => ({ rowPixelSpacing: aspectOf(frame), columnPixelSpacing: 1 });

/** Makes a loaded frame an image of Cornerstone. */
export async function loadImage(imageId: string): Promise<Types.IImage> {
  const frame = frames.get(imageId);
  if (!frame) throw new Error(`There is no frame ${imageId}.`);
  const found = await (loads.get(imageId)?.coming ?? loadWhole(frame, new AbortController().signal));
  const { width, height } = found;
  const isGrey = found.kind === 'grey';
  const numberOfComponents = isGrey ? 1 : 4;
  const samples = isGrey ? found.grey.samples : new Uint8Array(found.rgba.buffer);
  const { center, width: windowWidth } = windowBetween(toSteps(ownRange(found), found));
  const scalarData = { width, height, scalarData: samples, numberOfComponents, id: imageId };
  const voxelManager = utilities.VoxelManager.createImageVoxelManager(scalarData);
  // The range for window changes by dragging.
  if (isGrey) voxelManager.getRange = () => [0, STEPS];
  const image: Types.IImage = {
    imageId,
    minPixelValue: 0,
    maxPixelValue: isGrey ? STEPS : 255,
    slope: 1,
    intercept: 0,
    // Without it, Cornerstone rounds fractions to integers.
    preScale: { enabled: false, scalingParameters: { rescaleSlope: 1, rescaleIntercept: 0 } },
    windowCenter: center,
    windowWidth,
    voiLUTFunction: Enums.VOILUTFunctionType.LINEAR,
    getPixelData: () => samples,
    getCanvas: () => (isGrey ? document.createElement('canvas') : found.canvas),
    ...(isGrey && {
      render: ({ canvas, transform }) => {
        if (!canvas || !transform) return;
        const [a, b, c, d, e, f] = transform.getMatrix();
        painters.get(canvas)?.paint(canvas, { a, b, c, d, e, f }, found);
      },
    }),
    rows: height,
    columns: width,
    height,
    width,
    color: !isGrey,
    rgba: !isGrey,
    numberOfComponents,
    ...spacingOf(registeredFrame(frame)),
    invert: false,
    sizeInBytes: samples.byteLength,
    dataType: samples.constructor.name as Types.PixelDataTypedArrayString,
    voxelManager,
  };
  loaded.set(image, found);
  return image;
}
