import type { HTMLAttributes } from 'react';
import type { CaseImage } from '../api/types.ts';
import { eyeColumns } from '../images/eye-columns.ts';
import { text } from '../messages/text.ts';
import type { UploadItem } from '../uploads/upload-record.ts';
import { CaseImageButton } from './case-image-button.tsx';

/** The place of an image; without one it is a gap, so that the others stay where they are. */
interface Place {
  id: string;
  image: CaseImage | undefined;
}

interface CaseImagesProps {
  places: readonly Place[];
  pointing: HTMLAttributes<HTMLElement>;
  uploads: ReadonlyMap<string, UploadItem>;
  shownId: string | undefined;
  onShow: (id: string) => void;
}

/** The images of a case: those of both eyes in two columns, the right eye on the left. */
export function CaseImages({ places, pointing, ...listed }: CaseImagesProps) {
  const eyes = eyeColumns(places, ({ image }) => image?.eyeSide);
  if (!eyes) {
    return (
      <div {...pointing}>
        <ImageList places={places} {...listed} />
      </div>
    );
  }
  return (
    <div className="case-eyes" {...pointing}>
      {(['right', 'left'] as const).map((side) => (
        <section key={side} aria-label={text('compare.eye', { side })}>
          <h2>{text('compare.eye', { side })}</h2>
          <ImageList places={eyes[side]} {...listed} />
        </section>
      ))}
      <div className="case-others">
        <ImageList places={eyes.others} {...listed} />
      </div>
    </div>
  );
}

type ImageListProps = Omit<CaseImagesProps, 'pointing'>;

const ImageList = ({ places, uploads, shownId, onShow }: ImageListProps) => (
  <ul className="case-images">
    {places.map(({ id, image }) => (
      <li key={id}>
        {image && (
          <CaseImageButton
            image={image}
            upload={uploads.get(image.id)}
            placeId={id}
            isShown={image.id === shownId}
            onShow={onShow}
          />
        )}
      </li>
    ))}
  </ul>
);
