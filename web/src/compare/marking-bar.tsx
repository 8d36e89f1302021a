import { text } from '../messages/text.ts';

interface MarkingBarProps {
  onCancel: () => void;
  /** Undefined while it is impossible. */
  onApply: (() => void) | undefined;
}

/** What to do to align two images, and the end of it. */
export const MarkingBar = ({ onCancel, onApply }: MarkingBarProps) => (
  <fieldset className="compare-marking" aria-label={text('compare.align')}>
    <p role="status">{text(onApply ? 'compare.align-hint' : 'compare.align-impossible')}</p>
    <button type="button" className="button small" onClick={onCancel}>
      {text('compare.cancel')}
    </button>
    <button type="button" className="button small primary" onClick={onApply} disabled={!onApply}>
      {text('compare.apply')}
    </button>
  </fieldset>
);
