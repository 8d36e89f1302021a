import { ExternalLink, History, Pencil, Trash2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { Annotation } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { Confirm } from '../parts/dialog.tsx';
import { IconButton } from '../parts/icon-button.tsx';
import { useSession } from '../session/session-provider.tsx';
import { type AnnotatedPlace, useAnnotationWrites } from './annotations.ts';
import { mayChange } from './may-change.ts';
import { Versions } from './versions.tsx';
import { Who } from './who.tsx';

interface EntryProps {
  place: AnnotatedPlace;
  annotation: Annotation;
  /** Its kind and what it measures, in words; its number on the picture. */
  title: string;
  isChosen: boolean;
  /** Undefined for a note, which is nowhere on the picture. */
  onChoose: (() => void) | undefined;
  onEdit: () => void;
}

/** An annotation or a note in a list. */
export function Entry({ place, annotation, title, isChosen, onChoose, onEdit }: EntryProps) {
  const { person } = useSession();
  const writes = useAnnotationWrites(place);
  const [asks, setAsks] = useState(false);
  const [showsVersions, setShowsVersions] = useState(false);
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isChosen) item.current?.scrollIntoView({ block: 'nearest' });
  }, [isChosen]);
  const { text: words, link, version } = annotation;
  const isOwn = mayChange(person, annotation);
  return (
    <li ref={item} className={`annotation ${isChosen ? 'chosen' : ''}`}>
      <div className="annotation-head">
        {onChoose ? (
          <button type="button" className="annotation-choose" aria-pressed={isChosen} onClick={onChoose}>
            {title}
          </button>
        ) : (
          <b>{title}</b>
        )}
        <span className="annotation-tools">
          {isOwn && (
            <IconButton
              icon={Pencil}
              size={16}
              onClick={onEdit}
              label={text('annotations.change', { title })}
            />
          )}
          {version > 1 && person.role !== 'patient' && (
            <IconButton
              icon={History}
              size={16}
              aria-expanded={showsVersions}
              onClick={() => setShowsVersions(!showsVersions)}
              label={text('annotations.show-versions', { title })}
            />
          )}
          {isOwn && (
            <IconButton
              icon={Trash2}
              size={16}
              className="danger"
              onClick={() => setAsks(true)}
              label={text('annotations.remove', { title })}
            />
          )}
        </span>
      </div>
      {words && (
        <p className="annotation-text" dir="auto">
          {words}
        </p>
      )}
      {link && (
        <a href={link} target="_blank" rel="noreferrer">
          <ExternalLink size={14} aria-hidden /> {text('annotations.open-link')}
        </a>
      )}
      <Who annotation={annotation} />
      {showsVersions && <Versions place={place} annotation={annotation} />}
      {asks && (
        <Confirm
          title={text('annotations.remove-title')}
          action={text('annotations.remove-action')}
          onClose={() => setAsks(false)}
          onConfirm={() => writes.remove(annotation)}
        >
          {text('annotations.remove-text', { title })}
        </Confirm>
      )}
    </li>
  );
}
