import type { Annotation } from '../api/types.ts';
import type { AnnotatedPlace } from './annotations.ts';
import { ChangeForm } from './change-form.tsx';
import type { Change } from './drafts/kept-drafts.ts';
import type { Drafts } from './drafts/use-drafts.ts';
import { Entry } from './entry.tsx';

interface EntryListProps {
  place: AnnotatedPlace;
  list: readonly Annotation[];
  drafts: Drafts;
  /** Those of the drafts that change one of the list. */
  changes: readonly Change[];
  label: string;
  titleOf: (annotation: Annotation) => string;
  chosenId?: string | undefined;
  onChoose?: (id: string) => void;
}

/** A list of annotations and notes, with the fields of those that are being changed. */
export function EntryList({
  place,
  list,
  drafts,
  changes,
  label,
  titleOf,
  chosenId,
  onChoose,
}: EntryListProps) {
  if (list.length === 0) return null;
  return (
    <ol className="annotation-list" aria-label={label}>
      {list.map((annotation) => {
        const { id, shape } = annotation;
        const draft = changes.find(({ before }) => before.id === id);
        if (draft && !draft.isSending) {
          return (
            <li key={id} className="annotation">
              <b>{titleOf(annotation)}</b>
              <ChangeForm draft={draft} drafts={drafts} />
            </li>
          );
        }
        return (
          <Entry
            key={id}
            place={place}
            annotation={annotation}
            title={titleOf(annotation)}
            isChosen={id === chosenId}
            onChoose={shape && onChoose ? () => onChoose(id) : undefined}
            onEdit={() => drafts.edit(annotation)}
          />
        );
      })}
    </ol>
  );
}
