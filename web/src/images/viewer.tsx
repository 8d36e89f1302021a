import { ChevronLeft, ChevronRight, Download, Trash2, X } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { explain } from '../api/api-error.ts';
import { isTyping } from '../parts/is-typing.ts';
import { originals } from './blob-urls.ts';
import { Picture } from './picture.tsx';
import { useZoom } from './use-zoom.ts';
import { pathOf, type ViewedImage } from './viewed-image.ts';
import { ZoomButtons } from './zoom-buttons.tsx';
import './viewer.css';

interface ViewerProps {
  image: ViewedImage;
  /** What is known of it: category, dimensions, day. */
  children: ReactNode;
  previous: ViewedImage | undefined;
  next: ViewedImage | undefined;
  onShow: (image: ViewedImage) => void;
  onSave: () => Promise<void>;
  onDelete: (() => void) | undefined;
  onClose: () => void;
}

/** One image, as large as there is room, with what can be done with it. */
export function Viewer({ image, children, previous, next, onShow, onSave, onDelete, onClose }: ViewerProps) {
  const [saved, setSaved] = useState<{ id: string; text: string }>();
  const [shownId, setShownId] = useState<string>();
  const zoom = useZoom();
  const isShown = shownId === image.id;

  useEffect(() => {
    const nextPath = next && pathOf(next);
    // The one that is looked at comes first.
    if (isShown && nextPath) void originals.get(nextPath).catch(() => undefined);
  }, [isShown, next]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
      if (event.key === 'ArrowLeft' && previous) onShow(previous);
      else if (event.key === 'ArrowRight' && next) onShow(next);
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [previous, next, onShow]);

  const save = async () => {
    const say = (text: string) => setSaved({ id: image.id, text });
    say('Downloading …');
    try {
      await onSave();
      say('Downloaded.');
    } catch (error) {
      say(`Not downloaded: ${explain(error)}`);
    }
  };

  return (
    <section className="viewer" aria-label={`Image ${image.name}`}>
      <header className="viewer-head">
        <div className="viewer-facts">
          <h2 title={image.name}>{image.name}</h2>
          <div className="viewer-details">{children}</div>
        </div>
        <div className="viewer-tools">
          {image.isReady && (
            <button
              type="button"
              className="icon-button accent"
              onClick={save}
              aria-label="Download image"
              title="Download"
            >
              <Download size={18} aria-hidden />
            </button>
          )}
          {onDelete && (
            <button
              type="button"
              className="icon-button danger"
              onClick={onDelete}
              aria-label="Delete image"
              title="Delete"
            >
              <Trash2 size={18} aria-hidden />
            </button>
          )}
          <button
            type="button"
            className="icon-button"
            onClick={onClose}
            aria-label="Close image"
            title="Close"
          >
            <X size={18} aria-hidden />
          </button>
        </div>
      </header>
      <p className="viewer-saving" role="status">
        {saved?.id === image.id && saved.text}
      </p>
      <div className="viewer-stage">
        <Picture image={image} zoom={zoom} onShown={() => setShownId(image.id)} />
        <Arrow side="left" target={previous} onShow={onShow} />
        <Arrow side="right" target={next} onShow={onShow} />
        {image.isReady && <ZoomButtons zoom={zoom} />}
      </div>
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
    <button
      type="button"
      className={`icon-button viewer-arrow ${side}`}
      disabled={!target}
      onClick={() => target && onShow(target)}
      aria-label={side === 'left' ? 'Previous image' : 'Next image'}
    >
      <Icon size={26} aria-hidden />
    </button>
  );
}
