import { type PointerEvent, useRef, useState } from 'react';
import type { Zoom } from '../images/use-zoom.ts';
import { ZoomButtons } from '../images/zoom-buttons.tsx';
import { text } from '../messages/text.ts';
import { toViewed } from '../patient/image-facts.tsx';
import { CompareCaption } from './compare-caption.tsx';
import { CompareLabel } from './compare-label.tsx';
import { Frame } from './frame.tsx';
import type { ComparedImages, Mode } from './pair.ts';
import type { AlignmentState } from './use-alignment.ts';

interface LayeredProps {
  patientId: string;
  images: ComparedImages;
  zooms: readonly [Zoom, Zoom];
  mode: Exclude<Mode, 'side'>;
  isAnnotated: boolean;
  alignment: AlignmentState;
}

/** One image on the other: divided by a line, or half transparent. */
export function Layered({ patientId, images, zooms, mode, isAnnotated, alignment }: LayeredProps) {
  const stage = useRef<HTMLDivElement>(null);
  /** In percent: where the line is, or how opaque the upper image is. */
  const [percent, setPercent] = useState({ slider: 50, overlay: 50 });
  const now = percent[mode];
  const set = (value: number) => setPercent({ ...percent, [mode]: Math.min(100, Math.max(0, value)) });
  const drag = ({ currentTarget, pointerId, clientX }: PointerEvent) => {
    if (!stage.current || !currentTarget.hasPointerCapture(pointerId)) return;
    const { left, width } = stage.current.getBoundingClientRect();
    set((100 * (clientX - left)) / width);
  };
  const [lower, upper] = images;
  const { ratios, setRatio } = alignment;
  const found = alignment.alignmentOf(lower.id, upper.id);
  const lowerRatio = ratios[lower.id];
  return (
    <div className="compare-layers">
      <div ref={stage} className="viewer-stage">
        <div className="compare-layer">
          <Frame
            image={toViewed(lower)}
            zoom={zooms[0]}
            ratio={lowerRatio}
            onRatio={setRatio}
            isAnnotated={isAnnotated}
          />
        </div>
        <div
          className="compare-layer"
          style={mode === 'slider' ? { clipPath: `inset(0 0 0 ${now}%)` } : { opacity: now / 100 }}
        >
          <Frame
            image={toViewed(upper)}
            zoom={zooms[1]}
            ratio={ratios[upper.id]}
            onRatio={setRatio}
            isAnnotated={isAnnotated}
            placed={found && lowerRatio ? { alignment: found, lowerRatio } : undefined}
          />
        </div>
        {mode === 'slider' && (
          <div
            className="compare-line"
            style={{ left: `${now}%` }}
            aria-hidden
            onPointerDown={({ currentTarget, pointerId }) => currentTarget.setPointerCapture(pointerId)}
            onPointerMove={drag}
          />
        )}
        <CompareLabel patientId={patientId} image={lower} />
        <CompareLabel patientId={patientId} image={upper} isRight />
        <ZoomButtons zoom={zooms[1]} />
      </div>
      <label className="compare-range">
        {mode === 'slider'
          ? text('compare.line')
          : text('compare.opacity', { name: upper.original_name, percent: now / 100 })}
        <input
          type="range"
          min={0}
          max={100}
          value={now}
          onChange={({ target }) => set(target.valueAsNumber)}
        />
      </label>
      <div className="compare-captions">
        {images.map((image) => (
          <figure key={image.id}>
            <CompareCaption image={image} />
          </figure>
        ))}
      </div>
    </div>
  );
}
