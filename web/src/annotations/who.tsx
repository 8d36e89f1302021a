import type { Annotation } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { formatTime } from '../parts/format.ts';

/** Who wrote an annotation and when, and who changed it last. */
export const Who = ({ annotation }: { annotation: Annotation }) => (
  <span className="quiet">
    {nameOf(annotation.author)} · {formatTime(annotation.created_at)}
    {annotation.version > 1 &&
      ` · ${text('annotations.changed-by', {
        name: nameOf(annotation.changed_by),
        time: formatTime(annotation.changed_at),
      })}`}
  </span>
);

export const nameOf = ({ name, subject }: Annotation['author']): string => name ?? subject;
