import { ArrowLeftRight, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { text } from '../messages/text.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { Picture } from './picture.tsx';
import { useZoom } from './use-zoom.ts';
import type { ViewedImage } from './viewed-image.ts';
import { ZoomButtons } from './zoom-buttons.tsx';
import './viewer.css';
import './compare.css';

/** One of the two images, with its details. */
export interface Compared {
  image: ViewedImage;
  details: ReactNode;
}

interface CompareProps {
  pair: readonly [Compared, Compared];
  onClose: () => void;
}

/** Two images side by side, with synchronized zoom and pan. */
export function Compare({ pair, onClose }: CompareProps) {
  const zoom = useZoom();
  const [isSwapped, setSwapped] = useState(false);
  const [left, right] = isSwapped ? [pair[1], pair[0]] : pair;
  return (
    <section className="viewer" aria-label={text('images.comparison')}>
      <header className="viewer-head compare-head">
        <h2>{text('images.compare')}</h2>
        <div className="viewer-tools">
          <IconButton
            icon={ArrowLeftRight}
            onClick={() => setSwapped(!isSwapped)}
            label={text('images.swap')}
            title={text('images.swap')}
          />
          <IconButton
            icon={X}
            onClick={onClose}
            label={text('images.close-comparison')}
            title={text('images.close-hint')}
          />
        </div>
      </header>
      <div className="compare">
        {[left, right].map(({ image, details }, side) => (
          <figure key={image.id}>
            <div className="viewer-stage">
              <Picture image={image} zoom={zoom} />
              {side === 1 && <ZoomButtons zoom={zoom} />}
            </div>
            <figcaption>
              <b className="compare-name" title={image.name}>
                {image.name}
              </b>
              <span className="viewer-details">{details}</span>
            </figcaption>
          </figure>
        ))}
      </div>
    </section>
  );
}
