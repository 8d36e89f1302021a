import { useQueryClient } from '@tanstack/react-query';
import { memo, useState } from 'react';
import { explain } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { Category, Image } from '../api/types.ts';
import { editedPath } from '../edits/edited-path.ts';
import { categoryLabel } from '../images/categories.ts';
import { CategoryMenu } from '../images/category-menu.tsx';
import { checkOf } from '../images/check-state.ts';
import { Thumbnail } from '../images/thumbnail.tsx';
import { SourceMark } from '../parts/source-mark.tsx';
import { useSettled } from '../parts/use-settled.ts';
import { putImage } from './images.ts';
import './image-tile.css';

interface ImageTileProps {
  image: Image;
  isSelected: boolean;
  isShown: boolean;
  /** `isRange`: together with all images from the last clicked one on. */
  onSelect: (id: string, isSelected: boolean, isRange: boolean) => void;
  onShow: (image: Image) => void;
}

/** A thumbnail with its checkbox, category and caption. Changes are saved automatically. */
export const ImageTile = memo(({ image, isSelected, isShown, onSelect, onShow }: ImageTileProps) => {
  const { id, original_name: name, status, category, caption } = image;
  const { save, state } = useSaving(image);
  const [isSettled, showNow] = useSettled();
  const isReady = status === 'ready';
  const check = checkOf(image);
  return (
    <article
      className={`tile ${isSelected ? 'selected' : ''} ${isShown ? 'shown' : ''}`}
      aria-label={name}
      data-status={status}
      data-id={id}
      draggable={isReady}
      onFocus={showNow}
    >
      <button
        type="button"
        className="tile-picture"
        onClick={() => onShow(image)}
        aria-label={`Show ${name}`}
        title={name}
      >
        <Thumbnail
          id={id}
          signedUrl={image.thumbnail_url}
          edited={editedPath(image, 300)}
          isReady={isReady}
          isWaiting={check !== undefined}
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
              aria-label={`Select ${name}`}
            />
          </label>
          {isSettled ? (
            <>
              <CategoryMenu
                value={category}
                label={`Category of ${name}`}
                onChange={(value) => save({ category: value })}
              />
              <input
                key={caption}
                className="tile-caption"
                defaultValue={caption}
                placeholder="Caption"
                maxLength={2000}
                aria-label={`Caption of ${name}`}
                onBlur={({ target }) => target.value !== caption && save({ caption: target.value })}
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
          <span className={`tile-state ${state?.isBad ? 'bad' : ''}`} role="status">
            {state?.text}
          </span>
        </>
      ) : (
        <p className={check ? 'tile-reason waiting' : 'tile-reason'}>
          <span className="tile-name">{name}</span> {check ?? image.status_reason ?? 'Not taken.'}
        </p>
      )}
    </article>
  );
});

/** Saves a changed category or caption, and shows that. */
function useSaving(image: Image) {
  const queries = useQueryClient();
  const [state, setState] = useState<{ text: string; isBad?: boolean }>();
  const save = async (changes: { category?: Category; caption?: string }) => {
    putImage(queries, { ...image, ...changes });
    setState({ text: 'Saving …' });
    try {
      const saved = await bodyOf(
        api.PATCH('/api/images/{id}', { params: { path: { id: image.id } }, body: changes }),
      );
      putImage(queries, saved);
      setState({ text: 'Saved' });
      setTimeout(() => setState((now) => (now?.text === 'Saved' ? undefined : now)), 2000);
    } catch (error) {
      putImage(queries, image);
      setState({ text: `Not saved: ${explain(error)}`, isBad: true });
    }
  };
  return { save, state };
}
