import { text } from '../messages/text.ts';
import { Message } from '../parts/message.tsx';
import { Spinner } from '../parts/spinner.tsx';
import { originals } from './blob-urls.ts';
import { useBlobUrl } from './use-blob-url.ts';
import type { Zoom } from './use-zoom.ts';
import { pathOf, type ViewedImage } from './viewed-image.ts';

interface PictureProps {
  image: ViewedImage;
  /** Of a document, from 1. Default 1. */
  page?: number;
  /** Absent if what has the picture is zoomed. */
  zoom?: Zoom;
  onShown?: (picture: HTMLImageElement) => void;
}

/** An image fitted to its stage, or the reason why it can't be shown. */
export function Picture({ image, page = 1, zoom, onShown }: PictureProps) {
  const { url, failure } = useBlobUrl(originals, pathOf(image, page));
  if (image.check) return <Message title={text('images.not-ready')}>{image.check}</Message>;
  if (!image.isReady) {
    return (
      <Message title={text('images.not-taken')} tone="bad">
        {image.reason}
      </Message>
    );
  }
  if (failure) {
    return (
      <Message title={text('images.not-shown')} tone="bad">
        {failure}
      </Message>
    );
  }
  if (!url) return <Spinner label={text('images.loading')} />;
  return (
    <img
      key={url}
      ref={zoom?.attach}
      src={url}
      alt={page > 1 ? text('images.page-of-image', { name: image.name, page }) : image.name}
      onLoad={({ currentTarget }) => onShown?.(currentTarget)}
      draggable={false}
    />
  );
}
