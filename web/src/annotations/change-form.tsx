import { useState } from 'react';
import { ApiError } from '../api/api-error.ts';
import type { Annotation } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { formatTime } from '../parts/format.ts';
import { type AnnotatedPlace, type Content, useAnnotationWrites } from './annotations.ts';
import { ContentForm } from './content-form.tsx';
import { nameOf } from './who.tsx';

interface ChangeFormProps {
  place: AnnotatedPlace;
  /** As it was when the person began to change it. */
  annotation: Annotation;
  onClose: () => void;
}

/** Changes an annotation. If somebody else was faster, both texts are shown, and the person's own stays in its field. */
export function ChangeForm({ place, annotation, onClose }: ChangeFormProps) {
  const writes = useAnnotationWrites(place);
  const [other, setOther] = useState<Annotation>();
  const based = other ?? annotation;
  const save = async (content: Content) => {
    try {
      if (based.removed) await writes.create(content, positionOf(annotation));
      else await writes.change(based, content);
      onClose();
    } catch (error) {
      const isOutdated = error instanceof ApiError && (error.status === 409 || error.status === 404);
      const newest = isOutdated ? await writes.newest(annotation) : undefined;
      if (!newest || (newest.version === based.version && !newest.removed)) throw error;
      setOther(newest);
    }
  };
  return (
    <ContentForm content={annotation} action={text(actionOf(other))} onSave={save} onClose={onClose}>
      {other && (
        <div className="annotation-conflict" role="alert">
          <p>
            {text(other.removed ? 'annotations.removed-meanwhile' : 'annotations.changed-meanwhile', {
              name: nameOf(other.changed_by),
              time: formatTime(other.changed_at),
            })}
          </p>
          {!other.removed && <blockquote dir="auto">{other.text || text('annotations.no-text')}</blockquote>}
        </div>
      )}
    </ContentForm>
  );
}

const actionOf = (other: Annotation | undefined) => {
  if (!other) return 'annotations.save';
  return other.removed ? 'annotations.save-as-new' : 'annotations.save-over';
};

const positionOf = ({ page, series, instance, frame }: Annotation) => ({
  ...(page !== undefined && { page }),
  ...(series !== undefined && { series, instance, frame }),
});
