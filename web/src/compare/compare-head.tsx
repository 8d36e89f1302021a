import { ArrowLeftRight, Crosshair, Link2, Link2Off, PencilRuler, X } from 'lucide-react';
import { text } from '../messages/text.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { ComparePrint } from './compare-print.tsx';
import type { ComparedImages } from './pair.ts';
import { MODES, type Mode } from './pair.ts';
import type { AlignmentState } from './use-alignment.ts';

interface CompareHeadProps {
  patientId: string;
  images: ComparedImages;
  mode: Mode;
  onMode: (mode: Mode) => void;
  isLinked: boolean;
  onLink: (isLinked: boolean) => void;
  /** Whether the annotations are shown. */
  isAnnotated: boolean;
  /** Undefined where there are none. */
  onAnnotate: ((isAnnotated: boolean) => void) | undefined;
  alignment: AlignmentState;
  onSwap: () => void;
  onClose: () => void;
}

/** The modes of the comparison, and its actions. */
export function CompareHead(props: CompareHeadProps) {
  const { patientId, images, mode, onMode, isLinked, onLink, isAnnotated, onAnnotate } = props;
  const { alignment, onSwap, onClose } = props;
  const { isMarking, isAligned, start, remove } = alignment;
  return (
    <header className="viewer-head compare-head">
      <h2>{text('images.compare')}</h2>
      <fieldset className="compare-modes" aria-label={text('compare.mode')}>
        {MODES.map((each) => (
          <button
            key={each}
            type="button"
            className="button small"
            aria-pressed={mode === each}
            disabled={isMarking}
            onClick={() => onMode(each)}
          >
            {text(`compare-mode.${each}`)}
          </button>
        ))}
      </fieldset>
      <div className="viewer-tools">
        <IconButton
          icon={isLinked ? Link2 : Link2Off}
          onClick={() => onLink(!isLinked)}
          aria-pressed={isLinked}
          label={text('compare.link')}
          title={text(isLinked ? 'compare.unlink-hint' : 'compare.link')}
        />
        <IconButton
          icon={Crosshair}
          onClick={isAligned ? remove : start}
          aria-pressed={isAligned}
          disabled={isMarking}
          label={text('compare.align')}
          title={text(isAligned ? 'compare.align-remove' : 'compare.align')}
        />
        {onAnnotate && (
          <IconButton
            icon={PencilRuler}
            onClick={() => onAnnotate(!isAnnotated)}
            aria-pressed={isAnnotated}
            label={text('annotations.show-over')}
            title={text('annotations.show-over')}
          />
        )}
        <ComparePrint patientId={patientId} images={images} isAnnotated={isAnnotated} />
        <IconButton
          icon={ArrowLeftRight}
          onClick={onSwap}
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
  );
}
