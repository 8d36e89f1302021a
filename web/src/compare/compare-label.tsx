import type { Image } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { describeDay } from '../parts/format.ts';
import { timesOf } from '../patient/image-facts.tsx';
import { PatientLine } from '../patient-banner/patient-line.tsx';

interface CompareLabelProps {
  patientId: string;
  image: Image;
  /** Of the other of two images that share a picture area. */
  isRight?: boolean;
}

/** Whose image it is, its day, its eye and its file name, on the image: a photograph of the screen has them too. */
export const CompareLabel = ({ patientId, image, isRight = false }: CompareLabelProps) => (
  <div className={`compare-label ${isRight ? 'right' : ''}`}>
    <PatientLine patientId={patientId} />
    <span>
      {describeDay(timesOf(image))}
      {image.eye_side !== 'unknown' && <> · {text('compare.eye', { side: image.eye_side })}</>}
    </span>
    <b className="compare-name" title={image.original_name}>
      {image.original_name}
    </b>
  </div>
);
