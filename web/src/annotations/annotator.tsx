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
import type { Shape, ShapeKind } from './drawing.ts';
import { EntryList } from './entry-list.tsx';
import { measureOf } from './measures.ts';
import { NewEntry } from './new-entry.tsx';
import { Overlay } from './overlay.tsx';
import { HideButton, Tools } from './tools.tsx';
import { useDraft } from './use-draft.ts';
import { useTransform } from './use-transform.ts';
import './annotations.css';

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
  /** The size of a pixel in millimetres, if it is known. */
  size: PixelSize | undefined;
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
  const { place, position, answer, list, isOpen, onOpen, stage, readTransform, kinds, size, children } =
    props;
  const { person } = useSession();
  const [tool, setTool] = useState<ShapeKind>();
  const [chosenId, setChosenId] = useState<string>();
  const [isHidden, setHidden] = useState(false);
  const draft = useDraft(place, setChosenId);
  const shapes = list.flatMap(({ id, shape, text: words }) => (shape ? [{ id, shape, words }] : []));
  const numberOf = (id: string) => shapes.findIndex((each) => each.id === id) + 1;
  const marks = isHidden
    ? []
    : shapes.map(({ id, shape, words }) => ({ id, shape, label: labelOf(numberOf(id), shape, words, size) }));
  const transform = useTransform(readTransform, marks.length > 0 || tool !== undefined);
  const mayWrite = person.role !== 'patient';
  const toggle = () => {
    setTool(undefined);
    onOpen(!isOpen);
  };
  const drawn = (kind: ShapeKind, points: readonly Vector[]) => {
    setTool(undefined);
    draft.draw({ kind, points: points.map(([x, y]) => [x, y]) }, position);
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
            <button type="button" className="button small" onClick={draft.write}>
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
          {children}
          <NewEntry draft={draft} />
          {!answer.isError && <QueryStatus what="annotations" answer={answer} />}
          <EntryList
            place={place}
            list={list}
            label={text('annotations.title')}
            titleOf={(each) => titleOf(each, numberOf(each.id), props)}
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
            tool={tool}
            onDrawn={drawn}
            onCancel={() => setTool(undefined)}
          />,
          stage,
        )}
    </div>
  );
}

/** Longer texts would cover the picture: they are in the list. */
const LONGEST_LABEL = 40;

function labelOf(number: number, shape: Shape, words: string, size: PixelSize | undefined): string {
  const line = words.split('\n')[0] ?? '';
  const short = line.length > LONGEST_LABEL ? `${line.slice(0, LONGEST_LABEL)}…` : line;
  return [String(number), measureOf(shape, size), short].filter(Boolean).join(' · ');
}

function titleOf(
  annotation: Annotation,
  number: number,
  { size, valuesOf, noteTitle }: AnnotatorProps,
): string {
  const { shape } = annotation;
  if (!shape) return noteTitle(annotation);
  const kind = text(`annotation-kind.${shape.kind}`);
  const facts = [`${number}`, kind, measureOf(shape, size), valuesOf?.(shape) ?? ''];
  return facts.filter(Boolean).join(' · ');
}
