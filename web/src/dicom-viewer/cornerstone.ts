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
import { numbersOf, textOf } from '../exams/dicom-json.ts';
import type { Frame } from './frame.ts';
import { windowFrom } from './grey-frame.ts';
import { type LoadedFrame, loadFrame } from './load-frame.ts';

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

/** Tells Cornerstone of frames before it is to show them. */
export function registerFrames(list: readonly Frame[]): void {
  for (const frame of list) frames.set(frame.imageId, frame);
}

let isReady = false;

/**
 * Makes Cornerstone ready, once.
 *
 * It draws on the processor: by the same arithmetic on every machine, to the grey level, also where there is no graphics
 * card or none that can be trusted. A frame of a CT takes it some milliseconds.
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
  return {
    viewport,
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
  if (type === MetadataModules.IMAGE_PLANE) {
    const [rowPixelSpacing, columnPixelSpacing] = spacingOf(frame);
    return { rowPixelSpacing, columnPixelSpacing };
  }
  // As it is drawn, not as it is stored.
  if (type === MetadataModules.IMAGE_PIXEL)
    return { bitsAllocated: 16, bitsStored: 16, highBit: 15, samplesPerPixel: 1 };
  return undefined;
}

/** The shape of the pixels, between rows and between columns; how large they are matters only where it is measured. */
function spacingOf({ attributes }: Frame): [number, number] {
  for (const tag of ['00280030', '00181164', '00280034']) {
    const [row, column] = numbersOf(attributes, tag);
    if (row !== undefined && column !== undefined && row > 0 && column > 0) return [row, column];
  }
  return [1, 1];
}

async function loadImage(imageId: string): Promise<Types.IImage> {
  const frame = frames.get(imageId);
  if (!frame) throw new Error(`There is no frame ${imageId}.`);
  const found = await (onTheWay.get(imageId) ?? loadFrame(frame));
  const { width, height } = found;
  const isGrey = found.kind === 'grey';
  const samples = isGrey ? found.grey.samples : new Uint8Array(found.rgba.buffer);
  // 0 to 255 as they are.
  const { center, width: windowWidth } = windowFrom(isGrey ? found.grey.range : { lower: 0, upper: 255 });
  const [rowPixelSpacing, columnPixelSpacing] = spacingOf(frame);
  const image: Types.IImage = {
    imageId,
    minPixelValue: isGrey ? found.grey.min : 0,
    maxPixelValue: isGrey ? found.grey.max : 255,
    slope: 1,
    intercept: 0,
    windowCenter: center,
    windowWidth,
    voiLUTFunction: Enums.VOILUTFunctionType.LINEAR,
    getPixelData: () => samples,
    getCanvas: () => (isGrey ? document.createElement('canvas') : found.canvas),
    rows: height,
    columns: width,
    height,
    width,
    color: !isGrey,
    rgba: !isGrey,
    numberOfComponents: isGrey ? 1 : 4,
    rowPixelSpacing,
    columnPixelSpacing,
    invert: isGrey && found.grey.isInverted,
    sizeInBytes: samples.byteLength,
    dataType:
      samples instanceof Int16Array
        ? 'Int16Array'
        : samples instanceof Uint16Array
          ? 'Uint16Array'
          : 'Uint8Array',
    voxelManager: utilities.VoxelManager.createImageVoxelManager({
      width,
      height,
      scalarData: samples,
      numberOfComponents: isGrey ? 1 : 4,
      id: imageId,
    }),
  };
  loaded.set(image, found);
  return image;
}
