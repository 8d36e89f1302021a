import Panzoom, { type PanzoomObject } from '@panzoom/panzoom';
import { ChevronLeft, ChevronRight, Download, Maximize, Trash2, X, ZoomIn, ZoomOut } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { explain } from '../api/api-error.ts';
import { fetchBytes } from '../api/client.ts';
import { Message } from '../parts/message.tsx';
import { saveBytes } from '../parts/save-file.ts';
import { Spinner } from '../parts/spinner.tsx';
import { originals } from './blob-urls.ts';
import { useBlobUrl } from './use-blob-url.ts';
import './viewer.css';

/** What the viewer shows, whatever door it came through. */
export interface ViewedImage {
  id: string;
  name: string;
  type: string;
  isReady: boolean;
  /** Why it was not taken. */
  reason: string | null;
}

interface ViewerProps {
  image: ViewedImage;
  /** What is known of it: category, dimensions, day. */
  children: ReactNode;
  previous: ViewedImage | undefined;
  next: ViewedImage | undefined;
  onShow: (image: ViewedImage) => void;
  onDelete: (() => void) | undefined;
  onClose: () => void;
}

/** Browsers draw no TIFF: of it they get a copy. */
const pathOf = ({ id, type, isReady }: ViewedImage): string | undefined => {
  if (!isReady) return undefined;
  return type === 'image/tiff' ? `/api/images/${id}/data?width=2000&format=webp` : `/api/images/${id}/data`;
};

/** One image, as large as there is room, with what can be done with it. */
export function Viewer({ image, children, previous, next, onShow, onDelete, onClose }: ViewerProps) {
  const { url, failure } = useBlobUrl(originals, pathOf(image));
  const [saving, setSaving] = useState<string>();
  const stage = useRef<HTMLDivElement>(null);
  const zoom = useRef<PanzoomObject>(undefined);

  useEffect(() => {
    const nextPath = next && pathOf(next);
    // The one that is looked at comes first.
    if (url && nextPath) void originals.get(nextPath).catch(() => undefined);
  }, [url, next]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
      if (event.key === 'ArrowLeft' && previous) onShow(previous);
      else if (event.key === 'ArrowRight' && next) onShow(next);
      else if (event.key === '+') zoom.current?.zoomIn();
      else if (event.key === '-') zoom.current?.zoomOut();
      else if (event.key === '0') zoom.current?.reset();
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [previous, next, onShow]);

  const attach = (element: HTMLImageElement | null) => {
    if (!element) return;
    const panzoom = Panzoom(element, {
      maxScale: 12,
      minScale: 1,
      panOnlyWhenZoomed: true,
      cursor: 'default',
    });
    zoom.current = panzoom;
    const parent = stage.current;
    parent?.addEventListener('wheel', panzoom.zoomWithWheel, { passive: false });
    return () => {
      parent?.removeEventListener('wheel', panzoom.zoomWithWheel);
      panzoom.destroy();
      zoom.current = undefined;
    };
  };

  const save = async () => {
    setSaving('Downloading …');
    try {
      saveBytes(await fetchBytes(`/api/images/${image.id}/download`), image.name);
      setSaving(undefined);
    } catch (error) {
      setSaving(explain(error));
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
            <button type="button" className="icon-button accent" onClick={save} aria-label="Download image">
              <Download size={18} aria-hidden />
            </button>
          )}
          {onDelete && (
            <button type="button" className="icon-button danger" onClick={onDelete} aria-label="Delete image">
              <Trash2 size={18} aria-hidden />
            </button>
          )}
          <button type="button" className="icon-button" onClick={onClose} aria-label="Close image">
            <X size={18} aria-hidden />
          </button>
        </div>
      </header>
      <p className="viewer-saving" role="status">
        {saving}
      </p>
      <div className="viewer-stage" ref={stage}>
        {image.isReady && !url && !failure && <Spinner label="Loading the image" />}
        {failure && (
          <Message title="The image cannot be shown" tone="bad">
            {failure}
          </Message>
        )}
        {!image.isReady && (
          <Message title="This file was not taken" tone="bad">
            {image.reason}
          </Message>
        )}
        {url && <img key={url} ref={attach} src={url} alt={image.name} />}
        <Arrow side="left" target={previous} onShow={onShow} />
        <Arrow side="right" target={next} onShow={onShow} />
        {url && (
          <div className="viewer-zoom">
            <button
              type="button"
              className="icon-button"
              onClick={() => zoom.current?.zoomOut()}
              aria-label="Zoom out"
            >
              <ZoomOut size={18} aria-hidden />
            </button>
            <button
              type="button"
              className="icon-button"
              onClick={() => zoom.current?.reset()}
              aria-label="Fit"
            >
              <Maximize size={18} aria-hidden />
            </button>
            <button
              type="button"
              className="icon-button"
              onClick={() => zoom.current?.zoomIn()}
              aria-label="Zoom in"
            >
              <ZoomIn size={18} aria-hidden />
            </button>
          </div>
        )}
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

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, select, textarea, [role=dialog]') !== null;
