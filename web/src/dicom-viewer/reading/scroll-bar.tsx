import { ChevronLeft, ChevronRight, Pause, Play } from 'lucide-react';
import { text } from '../../messages/text.ts';
import { IconButton } from '../../parts/icon-button.tsx';
import { FASTEST, SLOWEST } from './cine-rate.ts';
import type { Cine } from './use-cine.ts';

interface ScrollBarProps {
  index: number;
  count: number;
  onGo: (index: number) => void;
  cine: Cine;
}

/** The position in the series, with buttons to go on, and to play it. */
export function ScrollBar({ index, count, onGo, cine }: ScrollBarProps) {
  return (
    <div className="stage-scroll">
      <IconButton
        icon={ChevronLeft}
        size={22}
        disabled={index === 0}
        onClick={() => onGo(index - 1)}
        label={text('dicom-viewer.previous')}
      />
      <input
        type="range"
        min={1}
        max={count}
        value={index + 1}
        onChange={({ target }) => onGo(Number(target.value) - 1)}
        aria-label={text('dicom-viewer.image')}
        aria-valuetext={text('dicom-viewer.image-of', { number: index + 1, count })}
      />
      <IconButton
        icon={ChevronRight}
        size={22}
        disabled={index === count - 1}
        onClick={() => onGo(index + 1)}
        label={text('dicom-viewer.next')}
      />
      <output>
        {index + 1} / {count}
      </output>
      <IconButton
        icon={cine.isPlaying ? Pause : Play}
        size={20}
        onClick={cine.toggle}
        label={cine.isPlaying ? text('viewer.pause') : text('viewer.play')}
        title={cine.isPlaying ? text('viewer.pause-key') : text('viewer.play-key')}
      />
      <label className="stage-rate" title={text('viewer.rate')}>
        <span className="hidden">{text('viewer.rate')}</span>
        <input
          type="number"
          min={SLOWEST}
          max={FASTEST}
          value={cine.rate}
          onChange={({ target }) => target.value !== '' && cine.setRate(target.valueAsNumber)}
        />
        <span aria-hidden>{text('viewer.rate-unit')}</span>
      </label>
    </div>
  );
}
