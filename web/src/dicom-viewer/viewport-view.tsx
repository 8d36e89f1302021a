import { useEffect, useRef, useState } from 'react';
import { RegisteredPicture } from '../exams/registered-picture.tsx';
import type { ViewerItem } from '../exams/viewer-items.ts';
import { text } from '../messages/text.ts';
import { lazyPart } from '../parts/lazy-part.ts';
import { Message } from '../parts/message.tsx';
import { Spinner } from '../parts/spinner.tsx';
import { Corners } from './corners.tsx';
import type { DragTool } from './cornerstone.ts';
import { DicomViewport, type ViewportState } from './dicom-viewport.ts';
import type { Frame } from './frame.ts';
import { cineRate } from './reading/cine-rate.ts';
import { ScrollBar } from './reading/scroll-bar.tsx';
import { useCine } from './reading/use-cine.ts';
import { useWheel } from './reading/use-wheel.ts';
import { useViewportKeys } from './use-viewport-keys.ts';
import { ViewportTools } from './viewport-tools.tsx';
import './viewport-view.css';

const AnnotatedFrame = lazyPart(
  () => import('../annotations/annotated-frame.tsx'),
  'AnnotatedFrame',
  AnnotatorPlace,
);

interface ViewportViewProps {
  /** Its accessible name. */
  name: string;
  items: readonly ViewerItem[];
  index: number;
  /** Changes the index: by a function of the latest one, because several events may come before the next render. */
  onIndex: (change: (index: number) => number) => void;
  /** Whether keys are for this viewport. */
  isActive: boolean;
  /** Called when somebody uses it. */
  onUse: () => void;
}

const BEFORE: ViewportState = { status: 'loading', frame: undefined, isInverted: false, isFlipped: false };

/** The images of a series in a viewport, one at a time, with their tools. */
export function ViewportView({ name, items, index, onIndex, isActive, onUse }: ViewportViewProps) {
  const element = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLDivElement>(null);
  const [stage, setStage] = useState<DicomViewport>();
  const [state, setState] = useState<ViewportState>(BEFORE);
  const [tool, setTool] = useState<DragTool>('window');
  const item = items[index];
  const frames = useFrames(items);
  const frame = item?.kind === 'frame' ? item.frame : undefined;

  useEffect(() => {
    if (!element.current) return;
    const made = new DicomViewport(element.current, setState);
    setStage(made);
    return () => made.close();
  }, []);
  useEffect(() => stage?.choose(tool), [stage, tool]);
  useEffect(() => {
    // Frames come first in the list: their indexes are the same in both.
    if (frame) stage?.show(frames, index);
  }, [stage, frames, index, frame]);

  const cine = useCine({
    ownRate: cineRate(state.frame?.attributes ?? {}),
    shown: state.frame?.imageId,
    isShown: state.status !== 'loading' && isSame(state.frame, frame),
    onNext: () => onIndex((from) => (from + 1) % frames.length),
  });
  const change = (next: (index: number) => number) => {
    cine.pause();
    onIndex((from) => Math.max(0, Math.min(items.length - 1, next(from))));
  };
  const go = (to: number) => change(() => to);
  const step = (by: number) => change((from) => from + by);
  const shownStage = frame && stage;
  const toggleCine = frame && frames.length > 1 ? cine.toggle : undefined;
  useViewportKeys(shownStage, isActive ? { count: items.length, go, step, toggleCine } : undefined);
  useWheel(area, shownStage, step);

  // The viewport reads the metadata of a frame before those of its series come.
  const known = frame && state.frame && isSame(frame, state.frame) && !frame.isComplete ? state.frame : frame;
  const isShown = frame && state.status !== 'failed' && state.frame !== undefined;
  return (
    <section
      className="panel exam-stage stage-view"
      aria-label={name}
      data-active={isActive}
      onPointerDownCapture={onUse}
      onWheelCapture={onUse}
      onFocusCapture={onUse}
    >
      <ViewportTools stage={stage} state={state} tool={tool} onTool={setTool} frame={known} />
      <div ref={area} className="stage">
        <div
          ref={element}
          className={`stage-canvas ${isShown ? '' : 'none'}`}
          role="img"
          aria-label={
            frame
              ? text('dicom-viewer.image-of', { number: index + 1, count: items.length })
              : text('dicom-viewer.no-image')
          }
          data-shown={state.status === 'shown' ? state.frame?.imageId : undefined}
        />
        {known && <Corners frame={known} index={index} count={items.length} state={state} />}
        <Over item={item} state={state} />
      </div>
      {isShown && stage && known && <AnnotatedFrame frame={known} viewport={stage} area={area} />}
      {frame && !isShown && <AnnotatorPlace />}
      {items.length > 1 && <ScrollBar index={index} count={items.length} onGo={go} cine={cine} />}
    </section>
  );
}

const isSame = (a: Frame | undefined, b: Frame | undefined): boolean => a?.imageId === b?.imageId;

/** The place of the tools for annotations, until there is something to annotate. */
function AnnotatorPlace() {
  return <div className="annotator-place" />;
}

/** What is over the viewport while there is no image in it. */
function Over({ item, state }: { item: ViewerItem | undefined; state: ViewportState }) {
  if (item?.kind === 'registered') {
    return (
      <div className="stage-over">
        <RegisteredPicture key={item.image.imageID} image={item.image} />
      </div>
    );
  }
  if (!item || state.status === 'shown') return null;
  return (
    <div className="stage-over">
      {state.status === 'loading' ? (
        <Spinner label={text('dicom-viewer.loading')} />
      ) : (
        <Message title={text('dicom-viewer.failed')} tone="bad">
          {state.failure}
        </Message>
      )}
    </div>
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
