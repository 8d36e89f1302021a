import { useState } from 'react';
import type { Image } from '../api/types.ts';
import { editedPath } from '../edits/edited-path.ts';
import { categoryLabel } from '../images/categories.ts';
import { Thumbnail } from '../images/thumbnail.tsx';
import { text } from '../messages/text.ts';
import { Dialog } from '../parts/dialog.tsx';
import { describeDay } from '../parts/format.ts';
import { QueryStatus } from '../parts/query-status.tsx';
import { useGalleryImages } from '../patient/gallery/gallery-images.ts';
import { byTime } from '../patient/gallery/gallery-sections.ts';
import { timesOf } from '../patient/image-facts.tsx';
import { PatientLine } from '../patient-banner/patient-line.tsx';
import { type Pair, pairOf } from './pair.ts';
import './compare-choice.css';

interface CompareChoiceProps {
  patientId: string;
  image: Image;
  onChoose: (pair: Pair) => void;
  onClose: () => void;
}

/** How many are offered at first, and more each time. */
const PART = 60;

/** Asks with which other image of the patient, of whatever visit, an image is compared. */
export function CompareChoice({ patientId, image, onChoose, onClose }: CompareChoiceProps) {
  const answer = useGalleryImages(patientId);
  const [most, setMost] = useState(PART);
  const others = (answer.data?.pages.flatMap((page) => page.images) ?? []).filter(
    ({ id, status }) => status === 'ready' && id !== image.id,
  );
  const latestFirst = byTime(others).flatMap((section) => section.images);
  const alike = latestFirst.filter((other) => isAlike(image, other));
  const offered = [...alike, ...latestFirst.filter((other) => !isAlike(image, other))];
  return (
    <Dialog title={text('compare.choose', { name: image.original_name })} onClose={onClose} isWide>
      <PatientLine patientId={patientId} />
      <QueryStatus what="images" answer={answer} />
      {answer.isSuccess && offered.length === 0 && <p className="quiet">{text('compare.no-others')}</p>}
      <ul className="compare-choice">
        {offered.slice(0, most).map((other) => (
          <li key={other.id}>
            <button type="button" onClick={() => onChoose(pairOf(image, other))}>
              <Thumbnail
                id={other.id}
                signedUrl={other.thumbnail_url}
                edited={editedPath(other, 300)}
                isReady
                isWaiting={false}
                preview={undefined}
              />
              <b>{describeDay(timesOf(other))}</b>
              <span>{categoryLabel(other.category)}</span>
              {other.eye_side !== 'unknown' && <span>{text('compare.eye', { side: other.eye_side })}</span>}
              <span className="quiet">{other.original_name}</span>
            </button>
          </li>
        ))}
      </ul>
      {offered.length > most && (
        <button type="button" className="button" onClick={() => setMost(most + PART)}>
          {text('compare.more')}
        </button>
      )}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {text('compare.cancel')}
        </button>
      </div>
    </Dialog>
  );
}

/** Those of the same kind are compared most often. */
const isAlike = (image: Image, other: Image): boolean =>
  image.category === other.category && image.eye_side === other.eye_side;
