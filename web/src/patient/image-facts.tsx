import type { ReactNode } from 'react';
import type { ImageTimes } from '../../../lib/domain/images/local-time.ts';
import type { Image } from '../api/types.ts';
import { editedPath } from '../edits/edited-path.ts';
import { Caption } from '../images/caption.tsx';
import { categoryLabel } from '../images/categories.ts';
import { checkOf } from '../images/check-state.ts';
import { PageCount } from '../images/page-count.tsx';
import type { ViewedImage } from '../images/viewed-image.ts';
import { text } from '../messages/text.ts';
import { formatBytes, formatLocalDay, formatLocalTime } from '../parts/format.ts';
import { SourceMark } from '../parts/source-mark.tsx';

interface ImageFactsProps {
  image: Image;
  /** Shown instead of the day on which the image was taken. */
  children?: ReactNode;
}

/** The details of an image in one line, and its caption. */
export const ImageFacts = ({ image, children }: ImageFactsProps) => (
  <>
    <b className="viewer-category">{categoryLabel(image.category)}</b>
    {image.width !== null && image.height !== null && (
      <span>
        {image.width} × {image.height}
      </span>
    )}
    <PageCount pages={image.pages} />
    <span>{formatBytes(image.file_size)}</span>
    <span>{text('day.uploaded', { day: formatLocalTime(image.uploaded_local) })}</span>
    {image.captured_local && (
      <span>{text('day.captured', { day: formatLocalTime(image.captured_local) })}</span>
    )}
    <SourceMark isFromPatient={image.source === 'patient'} />
    {children ??
      (image.date_taken && (
        <span>{text('patient-page.taken-on', { day: formatLocalDay(image.date_taken) })}</span>
      ))}
    {image.caption && <Caption key={image.id} caption={image.caption} />}
  </>
);

/** The times of an image, of which one is shown. */
export const timesOf = (image: Image): ImageTimes => ({
  dateTaken: image.date_taken,
  capturedLocal: image.captured_local,
  uploadedLocal: image.uploaded_local,
});

/** Converts an image for the viewer. */
export const toViewed = (image: Image): ViewedImage => ({
  id: image.id,
  name: image.original_name,
  type: image.content_type,
  isReady: image.status === 'ready',
  check: checkOf(image),
  reason: image.status_reason,
  original: `/api/images/${image.id}/data`,
  edited: editedPath(image, 2000),
  pages: image.pages ?? 1,
  size: sizeOf(image),
  steps: image.edit?.steps ?? undefined,
  isAnnotated: image.annotated_at !== undefined,
});

const sizeOf = ({ width, height }: Image) =>
  width !== null && height !== null ? { width, height } : undefined;
