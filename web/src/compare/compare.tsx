import { useState } from 'react';
import { useTwoZooms } from '../images/use-zoom.ts';
import { text } from '../messages/text.ts';
import { CompareHead } from './compare-head.tsx';
import { Layered } from './layered.tsx';
import { MarkingBar } from './marking-bar.tsx';
import { type ComparedImages, eyeWarning, type Mode } from './pair.ts';
import { SideBySide } from './side-by-side.tsx';
import { useAlignment } from './use-alignment.ts';
import '../images/viewer.css';
import './compare.css';

interface CompareProps {
  patientId: string;
  images: ComparedImages;
  mode: Mode;
  onMode: (mode: Mode) => void;
  onSwap: () => void;
  onClose: () => void;
}

/** Two images, side by side or one on the other. */
export function Compare({ patientId, images, mode, onMode, onSwap, onClose }: CompareProps) {
  const [isLinked, setLinked] = useState(true);
  const zooms = useTwoZooms(isLinked);
  const alignment = useAlignment();
  const [lower, upper] = images;
  const [isAnnotated, setAnnotated] = useState(false);
  const warning = eyeWarning(images);
  const apply = () => {
    alignment.apply();
    // Side by side, nobody would see it.
    if (mode === 'side') onMode('overlay');
  };
  return (
    <section className="viewer" aria-label={text('images.comparison')}>
      <CompareHead
        {...{ patientId, images, mode, onMode, isLinked, onSwap, onClose, alignment }}
        onLink={setLinked}
        isAnnotated={isAnnotated}
        onAnnotate={images.some(({ annotated_at: at }) => at !== undefined) ? setAnnotated : undefined}
      />
      {warning && (
        <p className="compare-warning" role="alert">
          {warning}
        </p>
      )}
      {alignment.isMarking && (
        <MarkingBar
          onCancel={alignment.cancel}
          onApply={alignment.mayApply(lower.id, upper.id) ? apply : undefined}
        />
      )}
      {mode === 'side' || alignment.isMarking ? (
        <SideBySide {...{ patientId, images, zooms, isLinked, isAnnotated, alignment }} />
      ) : (
        <Layered {...{ patientId, images, zooms, mode, isAnnotated, alignment }} />
      )}
    </section>
  );
}
