import { MessageSquareText, PencilRuler } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { createPortal } from 'react-dom';
import type { PixelSize } from '../../../lib/domain/annotations/geometry.ts';
import type { Affine, Vector } from '../../../lib/domain/images/affine.ts';
import type { Annotation } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { QueryStatus } from '../parts/query-status.tsx';
import { useSession } from '../session/session-provider.tsx';
import type { AnnotatedPlace, Position, useAnnotations } from './annotations.ts';
import { useDrafts } from './drafts/use-drafts.ts';
import type { Shape, ShapeKind } from './drawing.ts';
import { DrawingArea } from './drawing-area.tsx';
import { EntryList } from './entry-list.tsx';
import { drawnOf, labelOf } from './marks.ts';
import { mayChange } from './may-change.ts';
import { measureOf } from './measures.ts';
import { NewEntry } from './new-entry.tsx';
import { Overlay } from './overlay.tsx';
import { Handles } from './reshape/handles.tsx';
import { useShapes } from './reshape/use-shapes.ts';
import { HideButton, Tools } from './tools.tsx';
import { useEachFrame } from './use-each-frame.ts';

interface AnnotatorProps {
  place: AnnotatedPlace;
  /** Where shapes are drawn: the page of the image, or the frame. */
  position: Position;
  answer: ReturnType<typeof useAnnotations>;
  /** The annotations of the picture that is shown, and the notes. */
  list: readonly Annotation[];
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  /** The element over which shapes are drawn. */
  stage: HTMLElement;
  /** Where the picture is drawn in it. */
  readTransform: () => Affine | undefined;
  kinds: readonly ShapeKind[];
  /** The size of a pixel in millimetres where a shape is, if it is known. */
  sizeOf: (shape: Shape) => PixelSize | undefined;
  /** What is known of the pixels within a shape, in words. */
  valuesOf?: ((shape: Shape) => string) | undefined;
  /** What a note is about, in words. */
  noteTitle: (note: Annotation) => string;
  /** In the bar, at its end. */
  aside?: ReactNode;
  /** What the person should know of the measures. */
  children?: ReactNode;
}

/** Annotations of a picture: shapes over it, the tools to draw them, and their list. */
export function Annotator(props: AnnotatorProps) {
  const { place, position, answer, isOpen, onOpen, stage, readTransform, kinds, sizeOf, children } = props;
  const { person } = useSession();
  const [tool, setTool] = useState<ShapeKind>();
  const [chosenId, setChosenId] = useState<string>();
  const [isHidden, setHidden] = useState(false);
  const drafts = useDrafts(place, setChosenId);
  const reshaping = useShapes(props.list, drafts, position);
  const { list, changes } = reshaping;
  const shapes = drawnOf(list);
  const numberOf = (id: string) => shapes.findIndex((each) => each.id === id) + 1;
  const marks = isHidden
    ? []
    : shapes.map((each, index) => ({
        id: each.id,
        shape: each.shape,
        label: labelOf(index + 1, each, sizeOf(each.shape)),
        before: reshaping.beforeOf(each),
      }));
  const chosen = shapes.find(({ id }) => id === chosenId);
  const movable = isOpen && !isHidden && !tool && chosen && mayChange(person, chosen) ? chosen : undefined;
  const transform = useEachFrame(readTransform, marks.length > 0 || tool !== undefined);
  const mayWrite = person.role !== 'patient';
  const toggle = () => {
    setTool(undefined);
    onOpen(!isOpen);
  };
  const drawn = (kind: ShapeKind, points: readonly Vector[]) => {
    setTool(undefined);
    drafts.draw({ kind, points: points.map(([x, y]) => [x, y]) }, position);
  };
  return (
    <div className={`annotator ${isOpen ? 'open' : ''}`}>
      <div className="annotation-bar">
        {(mayWrite || list.length > 0) && (
          <button type="button" className="button small" aria-expanded={isOpen} onClick={toggle}>
            <PencilRuler size={16} aria-hidden />{' '}
            {text(mayWrite ? 'annotations.annotate' : 'annotations.show', { count: list.length })}
          </button>
        )}
        {isOpen && mayWrite && (
          <>
            <Tools kinds={kinds} tool={tool} onChoose={setTool} />
            <button type="button" className="button small" onClick={drafts.write}>
              <MessageSquareText size={16} aria-hidden /> {text('annotations.write-note')}
            </button>
          </>
        )}
        {shapes.length > 0 && <HideButton isHidden={isHidden} onHide={setHidden} />}
        {props.aside}
      </div>
      {/* Also while the list is closed: nobody may believe that nothing was written. */}
      {answer.isError && <QueryStatus what="annotations" answer={answer} />}
      {isOpen && (
        <div className="annotation-panel">
          {tool && <p className="quiet">{text(`annotation-hint.${tool}`)}</p>}
          {movable && <p className="quiet">{text('annotations.move-hint')}</p>}
          {children}
          <NewEntry drafts={drafts} />
          {!answer.isError && <QueryStatus what="annotations" answer={answer} />}
          <EntryList
            place={place}
            list={list}
            drafts={drafts}
            changes={changes}
            label={text('annotations.title')}
            titleOf={(each) => titleOf(each, numberOf(each.id), props, each.id !== reshaping.movingId)}
            chosenId={chosenId}
            onChoose={(id) => setChosenId(id === chosenId ? undefined : id)}
          />
          {answer.data && list.length === 0 && <p className="quiet">{text('annotations.none')}</p>}
        </div>
      )}
      {transform &&
        createPortal(
          <Overlay
            // A shape that is begun on one picture does not end on another one.
            key={Object.values(position).join()}
            transform={transform}
            marks={marks}
            chosenId={chosenId}
            onPress={isOpen && !tool ? setChosenId : undefined}
          >
            {tool && (
              <DrawingArea
                key={tool}
                transform={transform}
                kind={tool}
                onDrawn={drawn}
                onCancel={() => setTool(undefined)}
              />
            )}
            {movable && (
              <Handles
                key={movable.id}
                transform={transform}
                shape={movable.shape}
                title={titleOf(movable, numberOf(movable.id), props, false)}
                onMove={(shape) => reshaping.move(movable, shape)}
                onFinish={reshaping.finish}
                onCancel={() => reshaping.cancel(movable)}
              />
            )}
          </Overlay>,
          stage,
        )}
    </div>
  );
}

/** @param hasValues not while a shape is moved: to add up its pixels at each step would be slow */
function titleOf(
  annotation: Annotation,
  number: number,
  { sizeOf, valuesOf, noteTitle }: AnnotatorProps,
  hasValues: boolean,
): string {
  const { shape } = annotation;
  if (!shape) return noteTitle(annotation);
  const kind = text(`annotation-kind.${shape.kind}`);
  const facts = [
    number > 0 ? `${number}` : '',
    kind,
    measureOf(shape, sizeOf(shape)),
    (hasValues && valuesOf?.(shape)) || '',
  ];
  return facts.filter(Boolean).join(' · ');
}
