import type { CSSProperties, ReactNode } from 'react';
import { FrameOverlay } from '../annotations/shown/frame-overlay.tsx';
import { Picture } from '../images/picture.tsx';
import type { Zoom } from '../images/use-zoom.ts';
import type { ViewedImage } from '../images/viewed-image.ts';
import { type Alignment, centreOf } from './alignment.ts';

interface FrameProps {
  image: ViewedImage;
  zoom: Zoom;
  /** Its width by its height, once it is shown. */
  ratio: number | undefined;
  onRatio: (id: string, ratio: number) => void;
  /** Where it lies on another image; by default it is fitted. */
  placed?: { alignment: Alignment; lowerRatio: number } | undefined;
  /** Whether its annotations lie on it. */
  isAnnotated: boolean;
  /** What else lies on the image. */
  children?: ReactNode;
}

/** An image that is zoomed and has its own shape, so that what lies on it is placed by parts of its width and height. */
export function Frame({ image, zoom, ratio = 1, onRatio, placed, isAnnotated, children }: FrameProps) {
  return (
    <div className="compare-zoomed" ref={zoom.attach}>
      <div
        className={`compare-frame ${placed ? 'placed' : ''}`}
        style={{ '--ratio': ratio, ...(placed && placeOf(placed, ratio)) } as CSSProperties}
      >
        <Picture
          image={image}
          onShown={({ naturalWidth, naturalHeight }) => onRatio(image.id, naturalWidth / naturalHeight)}
        />
        {isAnnotated && <FrameOverlay image={image} />}
        {children}
      </div>
    </div>
  );
}

/** The variables of the style sheet. */
function placeOf({ alignment, lowerRatio }: NonNullable<FrameProps['placed']>, ratio: number) {
  const { x, y } = centreOf(alignment, lowerRatio, ratio);
  return {
    '--lower-ratio': lowerRatio,
    '--scale': alignment.scale,
    '--x': x,
    '--y': y,
    '--rotation': `${alignment.rotation}rad`,
  };
}
