import { useState } from 'react';
import type { ExamImage } from '../api/types.ts';
import { originals } from '../images/blob-urls.ts';
import { useBlobUrl } from '../images/use-blob-url.ts';
import { useZoom } from '../images/use-zoom.ts';
import { ZoomButtons } from '../images/zoom-buttons.tsx';
import { text } from '../messages/text.ts';
import { Message } from '../parts/message.tsx';
import { Spinner } from '../parts/spinner.tsx';

/** An image that is registered in an exam without a stored DICOM file: a photograph, or an external image. */
export function RegisteredPicture({ image: { url, description, sopInstanceUID } }: { image: ExamImage }) {
  // If its file were stored, it would be in the series.
  const isOwnFile = url === null || url.startsWith(`/dicom/wado/${sopInstanceUID}`);
  const isHere = !isOwnFile && url.startsWith('/');
  const [isNone, setNone] = useState(false);
  const { url: shown, failure } = useBlobUrl(originals, isHere ? url : undefined);
  if (isOwnFile) {
    return (
      <Message title={text('exams.not-stored')}>
        {text('exams.not-stored-note', { file: sopInstanceUID })}
      </Message>
    );
  }
  if (!isHere) {
    return (
      <Message title={text('exams.elsewhere')}>
        <a href={url} target="_blank" rel="noreferrer">
          {url}
        </a>
      </Message>
    );
  }
  if (failure || isNone) {
    return (
      <Message title={text('dicom-viewer.failed')} tone="bad">
        {failure ?? text('exams.no-picture')}
      </Message>
    );
  }
  if (!shown) return <Spinner label={text('dicom-viewer.loading')} />;
  return (
    <Photo src={shown} alt={description || text('exams.image-of-exam')} onFailure={() => setNone(true)} />
  );
}

function Photo({ src, alt, onFailure }: { src: string; alt: string; onFailure: () => void }) {
  const zoom = useZoom();
  return (
    <div className="stage-photo">
      <img ref={zoom.attach} src={src} alt={alt} onError={onFailure} />
      <ZoomButtons zoom={zoom} />
    </div>
  );
}
