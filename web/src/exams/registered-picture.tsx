import { useState } from 'react';
import type { ExamImage } from '../api/types.ts';
import { originals } from '../images/blob-urls.ts';
import { useBlobUrl } from '../images/use-blob-url.ts';
import { useZoom } from '../images/use-zoom.ts';
import { ZoomButtons } from '../images/zoom-buttons.tsx';
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
      <Message title="This image is not stored yet">
        It is registered in the exam; its DICOM file {sopInstanceUID} has not come.
      </Message>
    );
  }
  if (!isHere) {
    return (
      <Message title="This image lies elsewhere">
        <a href={url} target="_blank" rel="noreferrer">
          {url}
        </a>
      </Message>
    );
  }
  if (failure || isNone) {
    return (
      <Message title="This image cannot be shown" tone="bad">
        {failure ?? 'What lies at its address is no picture that a browser draws.'}
      </Message>
    );
  }
  if (!shown) return <Spinner label="Loading the image" />;
  return <Photo src={shown} alt={description || 'Image of the exam'} onFailure={() => setNone(true)} />;
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
