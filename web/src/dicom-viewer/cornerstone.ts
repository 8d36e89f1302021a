import {
  cache,
  Enums,
  getConfiguration,
  imageLoader,
  init,
  metaData,
  RenderingEngine,
  type Types,
  utilities,
} from '@cornerstonejs/core';
import {
  addTool,
  init as initTools,
  PanTool,
  Enums as ToolEnums,
  ToolGroupManager,
  WindowLevelTool,
  ZoomTool,
} from '@cornerstonejs/tools';
import type { Affine } from '../../../lib/domain/images/affine.ts';
import { windowBetween } from '../../../lib/media/dicom/draw/voi-transform.ts';
import { pixelAspect } from '../../../lib/media/dicom/parse/pixel-aspect.ts';
import { textOf } from '../exams/dicom-json.ts';
import type { Frame } from './frame.ts';
import { GreyPainter, type GreyView } from './grey-painter.ts';
import { type LoadedFrame, loadFrame, readerOf } from './load-frame.ts';
import { ownRange, STEPS, toSteps } from './window-steps.ts';

/** The action of dragging. */
export type DragTool = 'window' | 'pan' | 'zoom';

const TOOLS = { window: WindowLevelTool, pan: PanTool, zoom: ZoomTool };
const { Primary, Secondary, Auxiliary } = ToolEnums.MouseBindings;

export const { VOI_MODIFIED } = Enums.Events;

const SCHEME = 'dicom-web';
const MOST_BYTES = 512 * 1024 * 1024;

/** The frames that Cornerstone may request, by id, with what is loaded of them. */
const frames = new Map<string, Frame>();
const onTheWay = new Map<string, Promise<LoadedFrame>>();
const loaded = new WeakMap<Types.IImage, LoadedFrame>();

/** The painters of grey images, by the canvas of the viewport. */
const painters = new WeakMap<HTMLCanvasElement, GreyPainter>();

/** Registers frames with Cornerstone before they are shown. */
export function registerFrames(list: readonly Frame[]): void {
  for (const frame of list) frames.set(frame.imageId, frame);
}

let isReady = false;

/**
 * Initializes Cornerstone, once.
 *
 * It renders on the CPU: with the same arithmetic on every machine, also without a reliable graphics card. Cornerstone computes
 * geometry and colours; greys are drawn here.
 */
function prepare(): void {
  if (isReady) return;
  isReady = true;
  const configuration = getConfiguration();
  init({ ...configuration, rendering: { ...configuration.rendering, useCPURendering: true } });
  initTools();
  cache.setMaxCacheSize(MOST_BYTES);
  for (const tool of Object.values(TOOLS)) addTool(tool);
  imageLoader.registerImageLoader(SCHEME, (imageId) => ({ promise: loadImage(imageId) }));
  metaData.addProvider(metadataOf, 1);
}

/** Creates a viewport in the element, with its tools. Call the returned `destroy` at the end. */
export function openViewport(element: HTMLDivElement) {
  prepare();
  const id = crypto.randomUUID();
  const engine = new RenderingEngine(id);
  engine.enableElement({ viewportId: id, type: Enums.ViewportType.STACK, element });
  const viewport = engine.getViewport(id);
  if (!isStack(viewport)) throw new Error('Cornerstone gave another viewport than it was asked for.');
  const group = ToolGroupManager.createToolGroup(id);
  if (!group) throw new Error('Cornerstone gave no tools.');
  for (const tool of Object.values(TOOLS)) group.addTool(tool.toolName);
  group.addViewport(id, id);
  const painter = new GreyPainter();
  painters.set(viewport.canvas, painter);
  return {
    viewport,
    /** Sets how grey images are drawn, from the next rendering on. */
    look: (view: GreyView) => {
      painter.view = view;
    },
    resize: () => engine.resize(true, true),
    /** Sets the action of the primary button and of one finger. Others have fixed actions. */
    choose: (chosen: DragTool) => {
      for (const tool of Object.values(TOOLS))
        group.setToolPassive(tool.toolName, { removeAllBindings: true });
      const bindings = {
        window: [],
        pan: [{ mouseButton: Auxiliary }],
        zoom: [{ mouseButton: Secondary }, { numTouchPoints: 2 }],
      };
      for (const [name, tool] of Object.entries(TOOLS) as [DragTool, (typeof TOOLS)[DragTool]][]) {
        const own = name === chosen ? [{ mouseButton: Primary }, { numTouchPoints: 1 }] : [];
        const all = [...own, ...bindings[name]];
        if (all.length > 0) group.setToolActive(tool.toolName, { bindings: all });
      }
    },
    close: () => {
      ToolGroupManager.destroyToolGroup(id);
      engine.destroy();
    },
  };
}

/**
 * Where the image of a viewport is drawn: from its pixels, where (0, 0) is the upper left corner of the upper left one, to CSS pixels of the
 * canvas. Cornerstone counts its index coordinates in this way when it renders on the CPU.
 */
export function placementIn(viewport: Types.IStackViewport): Affine | undefined {
  const data = viewport.getImageData();
  if (!data) return undefined;
  const { origin, spacing, direction } = data;
  const canvasOf = (x: number, y: number) => {
    const along = (axis: number) =>
      (origin[axis] ?? 0) +
      x * (spacing[0] ?? 1) * (direction[axis] ?? 0) +
      y * (spacing[1] ?? 1) * (direction[axis + 3] ?? 0);
    return viewport.worldToCanvas([along(0), along(1), along(2)]);
  };
  const [e, f] = canvasOf(0, 0);
  // Far points: of near ones, the differences would lose digits.
  const [right, below] = [canvasOf(FAR, 0), canvasOf(0, FAR)];
  return [(right[0] - e) / FAR, (right[1] - f) / FAR, (below[0] - e) / FAR, (below[1] - f) / FAR, e, f];
}
const FAR = 1000;

const isStack = (viewport: Types.IViewport): viewport is Types.IStackViewport =>
  viewport.type === Enums.ViewportType.STACK;

/**
 * Loads a frame, unless it is loaded. Cornerstone gets only frames that can be shown: for failures it would also cause an
 * unhandled rejection.
 */
export async function loadedFrame(frame: Frame): Promise<LoadedFrame> {
  const { imageId } = frame;
  const known = cache.getImage(imageId);
  const kept = known && loaded.get(known);
  if (kept) return kept;
  const coming = onTheWay.get(imageId) ?? loadFrame(frame);
  onTheWay.set(imageId, coming);
  try {
    const found = await coming;
    await imageLoader.loadAndCacheImage(imageId);
    return found;
  } finally {
    onTheWay.delete(imageId);
  }
}

/** Loads frames that are likely to be shown next. A failure is reported when they are shown. */
export function loadAhead(list: readonly Frame[]): void {
  for (const frame of list) loadedFrame(frame).catch(() => undefined);
}

function metadataOf(type: string, imageId: string): unknown {
  const frame = frames.get(imageId);
  if (!frame) return undefined;
  const { attributes } = frame;
  const { MetadataModules } = Enums;
  if (type === MetadataModules.GENERAL_SERIES) return { modality: textOf(attributes, '00080060') };
  if (type === MetadataModules.IMAGE_PLANE) return spacingOf(frame);
  // The size of the drawn image, not of the stored one.
  if (type === MetadataModules.IMAGE_PIXEL)
    return { bitsAllocated: 16, bitsStored: 16, highBit: 15, samplesPerPixel: 1 };
  return undefined;
}

/** The pixel aspect ratio. The absolute size would matter only for measurements. */
const spacingOf = (frame: Frame) => ({
  rowPixelSpacing: pixelAspect(readerOf(frame), frame.number - 1),
  columnPixelSpacing: 1,
});

async function loadImage(imageId: string): Promise<Types.IImage> {
  const frame = frames.get(imageId);
  if (!frame) throw new Error(`There is no frame ${imageId}.`);
  const found = await (onTheWay.get(imageId) ?? loadFrame(frame));
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
    ...spacingOf(frame),
    invert: false,
    sizeInBytes: samples.byteLength,
    dataType: samples.constructor.name as Types.PixelDataTypedArrayString,
    voxelManager,
  };
  loaded.set(image, found);
  return image;
}
