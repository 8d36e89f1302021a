import { X } from 'lucide-react';
import type { CaseImage } from '../api/types.ts';
import { editedPath } from '../edits/edited-path.ts';
import { checkOf } from '../images/check-state.ts';
import { Thumbnail } from '../images/thumbnail.tsx';
import { richText } from '../messages/rich-text.tsx';
import { text } from '../messages/text.ts';
import { describeDay } from '../parts/format.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { SourceMark } from '../parts/source-mark.tsx';
import type { UploadItem } from '../uploads/upload-record.ts';
import { useUploadQueue } from '../uploads/uploads-provider.tsx';
import { usePreview } from '../uploads/use-preview.ts';

interface CaseImageButtonProps {
  image: CaseImage;
  /** If the image is being uploaded by this page. */
  upload: UploadItem | undefined;
  /** The upload that made it, or the image itself. */
  placeId: string;
  isShown: boolean;
  onShow: (id: string) => void;
}

/** An image of a case in its place: from the moment when the file is chosen. */
export function CaseImageButton({ image, upload, placeId, isShown, onShow }: CaseImageButtonProps) {
  const queue = useUploadQueue();
  const preview = usePreview(placeId === image.id ? upload?.id : placeId);
  const check = checkOf(image);
  return (
    <>
      <button
        type="button"
        className={isShown ? 'shown' : ''}
        data-status={image.status}
        onClick={() => onShow(image.id)}
        // The service does not know it yet.
        disabled={upload !== undefined && upload.imageId === undefined}
      >
        <Thumbnail
          id={image.id}
          signedUrl={image.thumbnailUrl}
          edited={editedPath(image, 400)}
          isReady={image.status === 'ready'}
          isWaiting={check !== undefined}
          preview={preview}
        />
        <span className="case-name" title={image.fileName}>
          {richText('images.show-marked', {
            name: image.fileName,
            hidden: (words) => <span className="hidden">{words}</span>,
          })}
        </span>
        {image.status === 'ready' ? (
          <>
            <span>{text('cases.eye-of-image', { side: image.eyeSide })}</span>
            <span className="quiet">{describeDay(image)}</span>
            <SourceMark isFromPatient={image.source === 'patient'} />
          </>
        ) : (
          <span className={check ? 'quiet' : 'case-reason'}>{check ?? image.statusReason}</span>
        )}
        {upload && check && (
          <progress
            max={upload.bytes}
            value={upload.sent}
            aria-label={text('images.upload-of', { name: image.fileName })}
          />
        )}
      </button>
      {upload && !check && image.status !== 'ready' && (
        <IconButton
          icon={X}
          size={16}
          onClick={() => queue.cancel(upload.id)}
          label={text('images.dismiss', { name: image.fileName })}
          title={text('images.dismiss-hint')}
        />
      )}
    </>
  );
}
