import { useState } from 'react';
import type { Annotation } from '../api/types.ts';
import type { AnnotatedPlace } from './annotations.ts';
import { ChangeForm } from './change-form.tsx';
import { Entry } from './entry.tsx';

interface EntryListProps {
  place: AnnotatedPlace;
  list: readonly Annotation[];
  label: string;
  titleOf: (annotation: Annotation) => string;
  chosenId?: string | undefined;
  onChoose?: (id: string) => void;
}

/** A list of annotations and notes. One that is being changed stays in it, also when somebody else removes it. */
export function EntryList({ place, list, label, titleOf, chosenId, onChoose }: EntryListProps) {
  const [edited, setEdited] = useState<readonly Annotation[]>([]);
  const shown = [...list, ...edited.filter(({ id }) => !list.some((each) => each.id === id))];
  if (shown.length === 0) return null;
  return (
    <ol className="annotation-list" aria-label={label}>
      {shown.map((annotation) => {
        const { id, shape } = annotation;
        const before = edited.find((each) => each.id === id);
        if (before) {
          return (
            <li key={id} className="annotation">
              <b>{titleOf(before)}</b>
              <ChangeForm
                place={place}
                annotation={before}
                onClose={() => setEdited((all) => all.filter((each) => each.id !== id))}
              />
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
            onEdit={() => setEdited((all) => [...all, annotation])}
          />
        );
      })}
    </ol>
  );
}
