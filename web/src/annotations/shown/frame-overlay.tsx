import { useRef } from 'react';
import type { ViewedImage } from '../../images/viewed-image.ts';
import { isAt, useAnnotations } from '../annotations.ts';
import { photoMarks } from '../marks.ts';
import { useEachFrame } from '../use-each-frame.ts';
import { PictureOverlay } from './picture-overlay.tsx';

/** The annotations of a photograph that is zoomed with its box: lines and letters have the same size at any zoom. */
export function FrameOverlay({ image }: { image: ViewedImage }) {
  const box = useRef<HTMLDivElement>(null);
  const { data = [] } = useAnnotations({ kind: 'image', id: image.id }, image.isAnnotated);
  const marks = photoMarks(data.filter((each) => isAt(each, { page: 1 })));
  const width = useEachFrame(() => shownWidth(box.current), marks.length > 0);
  return (
    <div ref={box} className="frame-overlay">
      {width !== undefined && width > 0 && <PictureOverlay image={image} marks={marks} width={width} />}
    </div>
  );
}

/** The width on the screen. It may be turned, so that its bounding box is none. */
const shownWidth = (box: HTMLElement | null): number | undefined =>
  box ? box.offsetWidth * (Number(getComputedStyle(box).getPropertyValue('--zoom')) || 1) : undefined;
