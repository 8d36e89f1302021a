import { isAt } from '../annotations/annotations.ts';
import { markLines, photoMarks } from '../annotations/marks.ts';
import { PictureOverlay } from '../annotations/shown/picture-overlay.tsx';
import type { Annotation, Image } from '../api/types.ts';
import { categoryLabel } from '../images/categories.ts';
import { text } from '../messages/text.ts';
import { describeDay } from '../parts/format.ts';
import { timesOf, toViewed } from '../patient/image-facts.tsx';

/** How wide a picture is, by the number of columns, in units of the letters over it: about CSS pixels. */
const WIDTHS = { 1: 640, 2: 340, 3: 220 } as const;

interface PrintedImageProps {
  image: Image;
  url: string | undefined;
  /** Those that are printed. */
  annotations: readonly Annotation[];
  /** Of the sheet. */
  columns: keyof typeof WIDTHS;
}

/** An image on a printed sheet, with its facts, and with its annotations over it and in words. */
export function PrintedImage({ image, url, annotations, columns }: PrintedImageProps) {
  const list = annotations.filter((each) => isAt(each, { page: 1 }));
  return (
    <>
      <div className="print-picture">
        <img src={url} alt={image.original_name} />
        <PictureOverlay image={toViewed(image)} marks={photoMarks(list, true)} width={WIDTHS[columns]} />
      </div>
      <div className="print-facts">
        <b>{categoryLabel(image.category)}</b>
        {image.eye_side !== 'unknown' && ` · ${text('compare.eye', { side: image.eye_side })}`}
        {' · '}
        {describeDay(timesOf(image))}
        {' · '}
        {image.original_name}
      </div>
      {markLines(list).map((line) => (
        <div key={line}>{line}</div>
      ))}
      {image.caption && <div className="print-caption">{image.caption}</div>}
    </>
  );
}
