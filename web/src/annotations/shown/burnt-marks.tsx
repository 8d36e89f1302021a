import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import type { ViewedImage } from '../../images/viewed-image.ts';
import { isAt, readAnnotations } from '../annotations.ts';
import { markLines, photoMarks } from '../marks.ts';
import { PictureOverlay } from './picture-overlay.tsx';

/** The annotations of a photograph for a copy of it. */
export interface BurntMarks {
  /** The shapes as a picture, to be drawn over the whole photograph. */
  shapes: HTMLImageElement;
  /** What they say, in words. */
  lines: readonly string[];
}

/** How wide the photograph is for the letters: as large as those below the copy. */
const WIDTH = 700;

/** What the style sheet says of the shapes: a picture of its own does not know it. */
const STYLES = [
  ...['fill', 'stroke', 'stroke-width', 'stroke-linejoin', 'stroke-linecap', 'stroke-dasharray', 'opacity'],
  ...['paint-order', 'font-family', 'font-size', 'font-weight'],
];

/**
 * Draws the shapes of a photograph, as they are stored now.
 *
 * @returns undefined if it has none
 * @throws ApiError or TypeError if they cannot be read
 */
export async function burntMarks(image: ViewedImage): Promise<BurntMarks | undefined> {
  const all = await readAnnotations({ kind: 'image', id: image.id });
  const list = all.filter((each) => isAt(each, { page: 1 }));
  const marks = photoMarks(list, true);
  if (marks.length === 0) return undefined;
  const host = document.createElement('div');
  host.className = 'annotation-host';
  document.body.append(host);
  const root = createRoot(host);
  flushSync(() => root.render(<PictureOverlay image={image} marks={marks} width={WIDTH} />));
  const source = sourceOf(host);
  root.unmount();
  host.remove();
  return source === undefined ? undefined : { shapes: await pictureOf(source), lines: markLines(list) };
}

/** The source of the drawn SVG, with its styles. */
function sourceOf(host: Element): string | undefined {
  const svg = host.querySelector('svg');
  if (!svg) return undefined;
  for (const element of svg.querySelectorAll<SVGElement>('*')) {
    const computed = getComputedStyle(element);
    for (const name of STYLES) element.style.setProperty(name, computed.getPropertyValue(name));
  }
  // Without a size of its own, not every browser draws it.
  const { width, height } = svg.viewBox.baseVal;
  svg.setAttribute('width', String(width));
  svg.setAttribute('height', String(height));
  return new XMLSerializer().serializeToString(svg);
}

async function pictureOf(source: string): Promise<HTMLImageElement> {
  const url = URL.createObjectURL(new Blob([source], { type: 'image/svg+xml' }));
  try {
    const picture = new Image();
    picture.src = url;
    await picture.decode();
    return picture;
  } finally {
    URL.revokeObjectURL(url);
  }
}
