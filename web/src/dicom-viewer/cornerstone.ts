import {
  cache,
  Enums,
  getConfiguration,
  imageLoader,
  init,
  metaData,
  RenderingEngine,
  type Types,
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
import { loadImage, metadataOf, painters } from './frame-images.ts';
import { GreyPainter, type GreyView } from './grey-painter.ts';

/** The action of dragging. */
export type DragTool = 'window' | 'pan' | 'zoom';

const TOOLS = { window: WindowLevelTool, pan: PanTool, zoom: ZoomTool };
const { Primary, Secondary, Auxiliary } = ToolEnums.MouseBindings;

export const { VOI_MODIFIED } = Enums.Events;

const SCHEME = 'dicom-web';
const MOST_BYTES = 512 * 1024 * 1024;

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
