import { ChevronLeft, ChevronRight, Contrast, Move, RotateCcw, SunMoon, ZoomIn } from 'lucide-react';
import { type RefObject, Suspense, useEffect, useRef, useState } from 'react';
import { dayText, textOf } from '../exams/dicom-json.ts';
import { RegisteredPicture } from '../exams/registered-picture.tsx';
import type { ViewerItem } from '../exams/series.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { lazyPart } from '../parts/lazy-part.ts';
import { Message } from '../parts/message.tsx';
import { Spinner } from '../parts/spinner.tsx';
import type { DragTool } from './cornerstone.ts';
import { DicomViewport, type ViewportState } from './dicom-viewport.ts';
import type { Frame } from './frame.ts';
import { useViewportKeys } from './use-viewport-keys.ts';
import { WheelSteps } from './wheel-steps.ts';
import { WindowControls } from './window-controls.tsx';
import './viewport-view.css';
import { text } from '../messages/text.ts';

const AnnotatedFrame = lazyPart(() => import('../annotations/annotated-frame.tsx'), 'AnnotatedFrame');

interface ViewportViewProps {
  items: readonly ViewerItem[];
  index: number;
  /** Changes the index: by a function of the latest one, because several events may come before the next render. */
  onIndex: (change: (index: number) => number) => void;
}

const TOOLS: [tool: DragTool, name: string, Icon: typeof Contrast, hint: string][] = [
  ['window', text('dicom-viewer.window'), Contrast, text('dicom-viewer.window-hint')],
  ['pan', text('dicom-viewer.pan'), Move, text('dicom-viewer.pan-hint')],
  ['zoom', text('dicom-viewer.zoom'), ZoomIn, text('dicom-viewer.zoom-hint')],
];

/** The images of a series in a viewport, one at a time, with their tools. */
export function ViewportView({ items, index, onIndex }: ViewportViewProps) {
  const element = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLDivElement>(null);
  const [stage, setStage] = useState<DicomViewport>();
  const [state, setState] = useState<ViewportState>({
    status: 'loading',
    frame: undefined,
    isInverted: false,
  });
  const [tool, setTool] = useState<DragTool>('window');
  const item = items[index];
  const frames = useFrames(items);
  const change = (next: (index: number) => number) =>
    onIndex((from) => Math.max(0, Math.min(items.length - 1, next(from))));
  const go = (to: number) => change(() => to);
  const step = (by: number) => change((from) => from + by);

  useEffect(() => {
    if (!element.current) return;
    const made = new DicomViewport(element.current, setState);
    setStage(made);
    return () => made.close();
  }, []);
  useEffect(() => stage?.choose(tool), [stage, tool]);
  useEffect(() => {
    // Frames come first in the list: their indexes are the same in both.
    if (item?.kind === 'frame') stage?.show(frames, index);
  }, [stage, frames, index, item]);
  const isFrame = item?.kind === 'frame';
  useViewportKeys(isFrame ? stage : undefined, items.length, go, step);
  useWheel(area, isFrame ? stage : undefined, step);

  const position = text('dicom-viewer.image-of', { number: index + 1, count: items.length });
  const isShown = isFrame && state.status !== 'failed' && state.frame !== undefined;
  return (
    <section className="panel exam-stage stage-view" aria-label={text('dicom-viewer.viewer')}>
      <div className="stage-tools" role="toolbar" aria-label={text('dicom-viewer.tools')} hidden={!isFrame}>
        {TOOLS.map(([name, label, Icon, hint]) => (
          <button
            key={name}
            type="button"
            className="button small"
            aria-pressed={tool === name}
            onClick={() => setTool(name)}
            title={hint}
          >
            <Icon size={16} aria-hidden /> <span className="stage-word">{label}</span>
          </button>
        ))}
        <button
          type="button"
          className="button small"
          aria-pressed={state.isInverted}
          onClick={() => stage?.invert()}
          title={text('dicom-viewer.invert-key')}
        >
          <SunMoon size={16} aria-hidden /> <span className="stage-word">{text('dicom-viewer.invert')}</span>
        </button>
        <button
          type="button"
          className="button small"
          onClick={() => stage?.reset()}
          title={text('dicom-viewer.reset-key')}
        >
          <RotateCcw size={16} aria-hidden /> <span className="stage-word">{text('dicom-viewer.reset')}</span>
        </button>
        {isFrame && state.window && stage && (
          <WindowControls
            stage={stage}
            window={state.window}
            modality={textOf(item.frame.attributes, '00080060')}
          />
        )}
      </div>
      <div ref={area} className="stage">
        <div
          ref={element}
          className={`stage-canvas ${isShown ? '' : 'none'}`}
          role="img"
          aria-label={isFrame ? position : text('dicom-viewer.no-image')}
          data-shown={state.status === 'shown' ? state.frame?.imageId : undefined}
        />
        {isFrame && <Corners frame={item.frame} index={index} count={items.length} state={state} />}
        {isFrame && state.status === 'loading' && (
          <div className="stage-over">
            <Spinner label={text('dicom-viewer.loading')} />
          </div>
        )}
        {isFrame && state.status === 'failed' && (
          <div className="stage-over">
            <Message title={text('dicom-viewer.failed')} tone="bad">
              {state.failure}
            </Message>
          </div>
        )}
        {item?.kind === 'registered' && (
          <div className="stage-over">
            <RegisteredPicture key={item.image.imageID} image={item.image} />
          </div>
        )}
      </div>
      <Suspense fallback={<div className="annotator-place" />}>
        {isShown && stage && <AnnotatedFrame frame={item.frame} viewport={stage} area={area} />}
        {isFrame && !isShown && <div className="annotator-place" />}
      </Suspense>
      {items.length > 1 && (
        <div className="stage-scroll">
          <IconButton
            icon={ChevronLeft}
            size={22}
            disabled={index === 0}
            onClick={() => step(-1)}
            label={text('dicom-viewer.previous')}
          />
          <input
            type="range"
            min={1}
            max={items.length}
            value={index + 1}
            onChange={({ target }) => go(Number(target.value) - 1)}
            aria-label={text('dicom-viewer.image')}
            aria-valuetext={position}
          />
          <IconButton
            icon={ChevronRight}
            size={22}
            disabled={index === items.length - 1}
            onClick={() => step(1)}
            label={text('dicom-viewer.next')}
          />
          <output>
            {index + 1} / {items.length}
          </output>
        </div>
      )}
    </section>
  );
}

/** The frames among the entries: the same array while the entries are the same. */
function useFrames(items: readonly ViewerItem[]): readonly Frame[] {
  const kept = useRef<{ items: readonly ViewerItem[]; frames: readonly Frame[] }>(undefined);
  if (kept.current?.items !== items) {
    kept.current = {
      items,
      frames: items.flatMap((item) => (item.kind === 'frame' ? [item.frame] : [])),
    };
  }
  return kept.current.frames;
}

/** The corner annotations of the viewport: patient, study and window. */
function Corners({
  frame,
  index,
  count,
  state,
}: {
  frame: Frame;
  index: number;
  count: number;
  state: ViewportState;
}) {
  const { attributes, number, of } = frame;
  const valueIn = (tag: string) => textOf(attributes, tag);
  return (
    <div className="stage-corners">
      <p dir="auto">
        <b>{valueIn('00100010')}</b>
        <span>{valueIn('00100020')}</span>
      </p>
      <p>
        <span>{valueIn('00081030')}</span>
        <span>{dayText(valueIn('00080020'))}</span>
      </p>
      <p>
        <span>{text('dicom-viewer.image-at', { number: index + 1, count })}</span>
        {of > 1 && <span>{text('dicom-viewer.frame-at', { number, count: of })}</span>}
      </p>
      <p>
        {state.window && (
          <span data-window>
            {text('dicom-viewer.window-at', {
              center: Math.round(state.window.center),
              width: Math.round(state.window.width),
            })}
          </span>
        )}
      </p>
    </div>
  );
}

/**
 * The wheel scrolls through the series; with Ctrl, or a pinch on a trackpad, it zooms.
 *
 * @param area the element that hears the wheel, also while the image is loading and hidden
 * @param stage the viewport; undefined if there is no frame to scroll from
 */
function useWheel(
  area: RefObject<HTMLDivElement | null>,
  stage: DicomViewport | undefined,
  onSteps: (steps: number) => void,
) {
  const act = useRef(onSteps);
  act.current = onSteps;
  useEffect(() => {
    const element = area.current;
    if (!element || !stage) return;
    const wheel = new WheelSteps();
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      if (event.ctrlKey) {
        stage.zoom(Math.exp(-event.deltaY / 200));
        return;
      }
      const steps = wheel.take(event);
      if (steps !== 0) act.current(steps);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [area, stage]);
}
