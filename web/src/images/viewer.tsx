import {
  ArrowRightLeft,
  ChevronLeft,
  ChevronRight,
  Columns2,
  Download,
  SlidersHorizontal,
  Trash2,
  X,
} from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { explain } from '../api/api-error.ts';
import { text } from '../messages/text.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { lazyPart } from '../parts/lazy-part.ts';
import { RetryButton } from '../parts/retry-button.tsx';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import { originals } from './blob-urls.ts';
import { CaptionedCopy } from './captioned-copy-button.tsx';
import { PageTurner } from './page-turner.tsx';
import { Picture } from './picture.tsx';
import { useZoom } from './use-zoom.ts';
import { pathOf, type ViewedImage } from './viewed-image.ts';
import { ZoomButtons } from './zoom-buttons.tsx';
import './viewer.css';

const AnnotatedPhoto = lazyPart(
  () => import('../annotations/annotated-photo.tsx'),
  'AnnotatedPhoto',
  () => <div className="annotator-place" />,
);

interface ViewerProps {
  image: ViewedImage;
  /** Details of the image: category, dimensions, day. */
  children: ReactNode;
  previous: ViewedImage | undefined;
  next: ViewedImage | undefined;
  onShow: (image: ViewedImage) => void;
  onSave: () => Promise<void>;
  /** Saves it with whose it is, and its day, written below it. */
  onSaveCaptioned?: ((isAnnotated: boolean) => Promise<void>) | undefined;
  onCompare?: (() => void) | undefined;
  onEdit?: (() => void) | undefined;
  onDelete: (() => void) | undefined;
  onMove?: (() => void) | undefined;
  onClose: () => void;
}

/** One image in the available space, with its actions. */
export function Viewer({
  image,
  children,
  previous,
  next,
  onShow,
  onSave,
  onSaveCaptioned,
  onCompare,
  onEdit,
  onDelete,
  onMove,
  onClose,
}: ViewerProps) {
  const [saved, setSaved] = useState<{ id: string; words: string; retry?: (() => unknown) | undefined }>();
  const [shownId, setShownId] = useState<string>();
  const [stage, setStage] = useState<HTMLDivElement | null>(null);
  const zoom = useZoom();
  const [turned, setTurned] = useState<{ id: string; page: number }>();
  const isShown = shownId === image.id;
  const page = turned?.id === image.id ? turned.page : 1;

  useEffect(() => {
    const nextPath = next && pathOf(next);
    // The selected image is loaded first.
    if (isShown && nextPath) void originals.get(nextPath).catch(() => undefined);
  }, [isShown, next]);

  useShortcuts({
    'previous-image': previous && (() => onShow(previous)),
    'next-image': next && (() => onShow(next)),
  });

  const save = async (work: () => Promise<void>) => {
    const say = (words: string, retry?: () => unknown) => setSaved({ id: image.id, words, retry });
    say(text('images.downloading'));
    try {
      await work();
      say(text('images.downloaded'));
    } catch (error) {
      say(text('images.not-downloaded', { reason: explain(error) }), () => save(work));
    }
  };

  return (
    <section className="viewer" aria-label={text('images.image', { name: image.name })}>
      <header className="viewer-head">
        <div className="viewer-facts">
          <h2 title={image.name}>{image.name}</h2>
          <div className="viewer-details">{children}</div>
        </div>
        <div className="viewer-tools">
          {image.isReady && (
            <IconButton
              icon={Download}
              className="accent"
              onClick={() => save(onSave)}
              label={text('images.download')}
              title={text('images.download-hint')}
            />
          )}
          {image.isReady && onSaveCaptioned && (
            <CaptionedCopy
              isAnnotated={image.isAnnotated}
              onSave={(isAnnotated) => save(() => onSaveCaptioned(isAnnotated))}
            />
          )}
          {onCompare && (
            <IconButton
              icon={Columns2}
              onClick={onCompare}
              label={text('compare.other')}
              title={text('compare.other')}
            />
          )}
          {onEdit && (
            <IconButton
              icon={SlidersHorizontal}
              onClick={onEdit}
              label={text('images.edit')}
              title={text('images.edit-hint')}
            />
          )}
          {onMove && (
            <IconButton
              icon={ArrowRightLeft}
              onClick={onMove}
              label={text('images.move')}
              title={text('images.move-hint')}
            />
          )}
          {onDelete && (
            <IconButton
              icon={Trash2}
              className="danger"
              onClick={onDelete}
              label={text('images.delete')}
              title={text('images.delete-hint')}
            />
          )}
          <IconButton
            icon={X}
            onClick={onClose}
            label={text('images.close')}
            title={text('images.close-hint')}
          />
        </div>
      </header>
      <p className="viewer-saving" role="status">
        {saved?.id === image.id && (
          <>
            {saved.words} {saved.retry && <RetryButton onRetry={saved.retry} />}
          </>
        )}
      </p>
      <div ref={setStage} className="viewer-stage">
        <Picture image={image} page={page} zoom={zoom} onShown={() => setShownId(image.id)} />
        <Arrow side="left" target={previous} onShow={onShow} />
        <Arrow side="right" target={next} onShow={onShow} />
        {image.isReady && image.pages > 1 && (
          <PageTurner
            page={page}
            pages={image.pages}
            onTurn={(to) => setTurned({ id: image.id, page: to })}
          />
        )}
        {image.isReady && <ZoomButtons zoom={zoom} />}
      </div>
      {image.isReady && stage && <AnnotatedPhoto image={image} page={page} stage={stage} />}
    </section>
  );
}

interface ArrowProps {
  side: 'left' | 'right';
  target: ViewedImage | undefined;
  onShow: (image: ViewedImage) => void;
}

function Arrow({ side, target, onShow }: ArrowProps) {
  const Icon = side === 'left' ? ChevronLeft : ChevronRight;
  return (
    <IconButton
      icon={Icon}
      size={26}
      className={`viewer-arrow ${side}`}
      disabled={!target}
      onClick={() => target && onShow(target)}
      label={text(side === 'left' ? 'images.previous' : 'images.next')}
    />
  );
}
