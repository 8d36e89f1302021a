import { useState } from 'react';
import { text } from '../messages/text.ts';
import type { DicomViewport, ViewportState } from './dicom-viewport.ts';
import type { Frame } from './frame.ts';
import { presetOf, presetsFor, type Window } from './window-presets.ts';

interface WindowControlsProps {
  stage: DicomViewport;
  window: Window;
  state: ViewportState;
  frame: Frame;
}

const rounded = (number: number) => Math.round(number * 100) / 100;

/** Inputs for window center and width, for users without a mouse, and the presets. */
export function WindowControls({ stage, window, state, frame }: WindowControlsProps) {
  const { center, width } = window;
  const presets = presetsFor(frame, state.fullWindow);
  return (
    <div className="window-controls">
      <NumberField
        name={text('dicom-viewer.center')}
        letter="C"
        value={center}
        onSet={(value) => stage.setWindow(value, width)}
      />
      <NumberField
        name={text('dicom-viewer.width')}
        letter="W"
        value={width}
        min={1}
        onSet={(value) => stage.setWindow(center, value)}
      />
      {presets.length > 0 && (
        <label>
          <span className="hidden">{text('dicom-viewer.preset')}</span>
          <select
            value={presetOf(presets, window, state.isInverted)?.id ?? ''}
            onChange={({ target }) => {
              const preset = presets.find(({ id }) => id === target.value);
              if (preset) stage.setWindow(preset.center, preset.width, preset.isInverted);
              else stage.resetWindow();
            }}
          >
            <option value="">{text('dicom-viewer.own-window')}</option>
            {presets.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}

interface NumberFieldProps {
  name: string;
  /** Instead of the name where there is no room: the one of Window Center and Window Width in every language. */
  letter: string;
  value: number;
  min?: number;
  onSet: (value: number) => void;
}

/** A number input whose value applies once it is a number; incomplete text is allowed while typing. */
function NumberField({ name, letter, value, min, onSet }: NumberFieldProps) {
  const [written, setWritten] = useState<string>();
  return (
    <label>
      <span className="stage-letter" aria-hidden>
        {letter}
      </span>
      <span className="stage-word">{name}</span>
      <input
        aria-label={name}
        type="number"
        step="any"
        min={min}
        value={written ?? rounded(value)}
        onChange={({ target }) => {
          setWritten(target.value);
          const number = target.valueAsNumber;
          if (Number.isFinite(number) && (min === undefined || number >= min)) onSet(number);
        }}
        onBlur={() => setWritten(undefined)}
      />
    </label>
  );
}
