import { useState } from 'react';
import type { ViewedImage } from '../images/viewed-image.ts';
import { text } from '../messages/text.ts';
import { useSession } from '../session/session-provider.tsx';
import { type AnnotatedPlace, isAt, useAnnotations } from './annotations.ts';
import { Annotator } from './annotator.tsx';
import { PHOTO_KINDS } from './drawing.ts';
import { calibrationIn } from './measures.ts';
import { photoTransform } from './photo-transform.ts';

interface AnnotatedPhotoProps {
  image: ViewedImage;
  page: number;
  /** The element in which the picture is. */
  stage: HTMLElement;
}

/** The annotations of a photograph, and the notes on it. */
export function AnnotatedPhoto({ image, page, stage }: AnnotatedPhotoProps) {
  const [isOpen, setOpen] = useState(false);
  const place: AnnotatedPlace = { kind: 'image', id: image.id };
  const { person } = useSession();
  const answer = useAnnotations(place, isOpen || image.isAnnotated);
  const list = (answer.data ?? []).filter((each) => isAt(each, { page }));
  const size = calibrationIn(list);
  if (person.role === 'patient' && list.length === 0 && !answer.isError) return null;
  return (
    <Annotator
      key={image.id}
      place={place}
      position={{ page }}
      answer={answer}
      list={list}
      isOpen={isOpen}
      onOpen={setOpen}
      stage={stage}
      readTransform={() => photoTransform(stage, image, page)}
      kinds={PHOTO_KINDS}
      sizeOf={() => size}
      noteTitle={() => text('annotations.note')}
    >
      {!size && list.some(({ shape }) => shape) && (
        <p className="quiet">{text('annotations.not-calibrated')}</p>
      )}
    </Annotator>
  );
}
