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
import { windowBetween } from '../../../lib/media/dicom/draw/voi-transform.ts';
import { pixelAspect } from '../../../lib/media/dicom/parse/pixel-aspect.ts';
import { textOf } from '../exams/dicom-json.ts';
import type { Frame } from './frame.ts';
import { GreyPainter, type GreyView } from './grey-painter.ts';
import { type LoadedFrame, loadFrame, readerOf } from './load-frame.ts';
import { ownRange, STEPS, toSteps } from './window-steps.ts';

/** What dragging does. */
export type DragTool = 'window' | 'pan' | 'zoom';

const TOOLS = { window: WindowLevelTool, pan: PanTool, zoom: ZoomTool };
const { Primary, Secondary, Auxiliary } = ToolEnums.MouseBindings;

export const { VOI_MODIFIED } = Enums.Events;

const SCHEME = 'dicom-web';
const MOST_BYTES = 512 * 1024 * 1024;

/** The frames that Cornerstone may be asked for, by their ids, and what has been loaded of them. */
const frames = new Map<string, Frame>();
const onTheWay = new Map<string, Promise<LoadedFrame>>();
const loaded = new WeakMap<Types.IImage, LoadedFrame>();

/** What draws greys, by the canvas of the viewport. */
const painters = new WeakMap<HTMLCanvasElement, GreyPainter>();

/** Tells Cornerstone of frames before it is to show them. */
export function registerFrames(list: readonly Frame[]): void {
  for (const frame of list) frames.set(frame.imageId, frame);
}

let isReady = false;

/**
 * Makes Cornerstone ready, once.
 *
 * It draws on the processor: by the same arithmetic on every machine, also where there is no graphics card or none that can
 * be trusted. What lies where is its business, and so are colours; greys are drawn here.
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

/** A viewport on the element, with its tools; to be destroyed by what it gives. */
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
    /** Images in greys are looked at so from their next drawing on. */
    look: (view: GreyView) => {
      painter.view = view;
    },
    resize: () => engine.resize(true, true),
    /** The main button and one finger do as chosen; the others what they do everywhere. */
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

const isStack = (viewport: Types.IViewport): viewport is Types.IStackViewport =>
  viewport.type === Enums.ViewportType.STACK;

/**
 * Loads a frame, or has it already. Cornerstone gets to know of those only that can be shown: of what fails it would tell
 * the browser, too, that nobody cared.
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

/** Loads frames that are likely to be looked at next; a failure is told when they are. */
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
  // As it is drawn, not as it is stored.
  if (type === MetadataModules.IMAGE_PIXEL)
    return { bitsAllocated: 16, bitsStored: 16, highBit: 15, samplesPerPixel: 1 };
  return undefined;
}

/** The shape of the pixels; how large they are matters only where it is measured. */
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
  // How far windows change by dragging.
  if (isGrey) voxelManager.getRange = () => [0, STEPS];
  const image: Types.IImage = {
    imageId,
    minPixelValue: 0,
    maxPixelValue: isGrey ? STEPS : 255,
    slope: 1,
    intercept: 0,
    // Without it, Cornerstone makes whole numbers of fractions.
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
