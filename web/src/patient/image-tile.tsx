import { X } from 'lucide-react';
import { memo, useState } from 'react';
import type { Image } from '../api/types.ts';
import type { ImageChanges } from '../changes/image-changes.ts';
import { useImageChanges } from '../changes/use-image-changes.ts';
import { editedPath } from '../edits/edited-path.ts';
import { categoryLabel } from '../images/categories.ts';
import { CategoryMenu } from '../images/category-menu.tsx';
import { checkOf } from '../images/check-state.ts';
import { Thumbnail } from '../images/thumbnail.tsx';
import { text } from '../messages/text.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { SourceMark } from '../parts/source-mark.tsx';
import { useSettled } from '../parts/use-settled.ts';
import type { UploadItem } from '../uploads/upload-record.ts';
import { useUploadQueue } from '../uploads/uploads-provider.tsx';
import { usePreview } from '../uploads/use-preview.ts';
import './image-tile.css';

interface ImageTileProps {
  image: Image;
  /** If the image is being uploaded by this page. */
  upload?: UploadItem | undefined;
  /** Whether it can be dragged to another position. */
  isMovable?: boolean;
  isSelected: boolean;
  isShown: boolean;
  /** `isRange`: together with all images from the last clicked one on. */
  onSelect: (id: string, isSelected: boolean, isRange: boolean) => void;
  onShow: (image: Image) => void;
}

/** A thumbnail with its checkbox, category and caption. Changes are saved automatically. */
export const ImageTile = memo((props: ImageTileProps) => {
  const { image, upload, isMovable = true, isSelected, isShown, onSelect, onShow } = props;
  const { id, original_name: name, status, category, caption } = image;
  const { save, state } = useSaving(image);
  const [isSettled, showNow] = useSettled();
  const queue = useUploadQueue();
  const place = queue.items.placeOf(id);
  const preview = usePreview(upload?.id ?? (place === id ? undefined : place));
  const isReady = status === 'ready';
  const check = checkOf(image);
  // The service does not know it yet.
  const isOnlyHere = upload !== undefined && upload.imageId === undefined;
  return (
    <article
      className={`tile ${isSelected ? 'selected' : ''} ${isShown ? 'shown' : ''}`}
      aria-label={name}
      data-status={status}
      data-id={id}
      draggable={isReady && isMovable}
      onFocus={showNow}
    >
      <button
        type="button"
        className="tile-picture"
        onClick={() => onShow(image)}
        disabled={isOnlyHere}
        aria-label={text('images.show', { name })}
        title={name}
      >
        <Thumbnail
          id={id}
          signedUrl={image.thumbnail_url}
          edited={editedPath(image, 300)}
          isReady={isReady}
          isWaiting={check !== undefined}
          preview={preview}
        />
      </button>
      <span className="tile-source">
        <SourceMark isFromPatient={image.source === 'patient'} />
      </span>
      {isReady ? (
        <>
          {/* Shift extends the selected range, and not the selected text. */}
          <label className="tile-check" onMouseDown={(event) => event.shiftKey && event.preventDefault()}>
            <input
              type="checkbox"
              checked={isSelected}
              onChange={({ target, nativeEvent }) =>
                onSelect(id, target.checked, nativeEvent instanceof MouseEvent && nativeEvent.shiftKey)
              }
              aria-label={text('image-tile.select', { name })}
            />
          </label>
          {isSettled ? (
            <>
              <CategoryMenu
                value={category}
                label={text('image-tile.category-of', { name })}
                onChange={(value) => void save({ category: value })}
              />
              <input
                key={caption}
                className="tile-caption"
                defaultValue={caption}
                placeholder={text('image-tile.caption')}
                maxLength={2000}
                aria-label={text('image-tile.caption-of', { name })}
                onBlur={({ target }) => target.value !== caption && void save({ caption: target.value })}
                onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
              />
            </>
          ) : (
            // Saves thirty elements while the tile may only scroll past.
            <>
              <span className="tile-text tile-category">{categoryLabel(category)}</span>
              <span className="tile-text">{caption}</span>
            </>
          )}
          <span className={`tile-state ${state === 'failed' ? 'bad' : ''}`} role="status">
            {state && text(`tile-state.${state}`)}
          </span>
        </>
      ) : (
        <div className={check ? 'tile-reason waiting' : 'tile-reason'}>
          {upload && check && (
            <progress
              max={upload.bytes}
              value={upload.sent}
              aria-label={text('images.upload-of', { name })}
            />
          )}
          <p>
            <span className="tile-name">{name}</span>{' '}
            {check ?? image.status_reason ?? text('image-tile.not-taken')}
          </p>
          {upload && !check && (
            <IconButton
              icon={X}
              size={16}
              className="tile-dismiss"
              onClick={() => queue.cancel(upload.id)}
              label={text('images.dismiss', { name })}
              title={text('images.dismiss-hint')}
            />
          )}
        </div>
      )}
    </article>
  );
});

/** Saves a changed category or caption, and shows that beside the offer to undo it. */
function useSaving(image: Image) {
  const change = useImageChanges();
  const [state, setState] = useState<'saving' | 'saved' | 'failed'>();
  const save = async (changes: ImageChanges) => {
    setState('saving');
    const isSaved = await change([image], changes);
    setState(isSaved ? 'saved' : 'failed');
    if (isSaved) setTimeout(() => setState((now) => (now === 'saved' ? undefined : now)), 2000);
  };
  return { save, state };
}
