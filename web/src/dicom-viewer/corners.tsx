import { dayText, textOf } from '../exams/dicom-json.ts';
import { text } from '../messages/text.ts';
import type { ViewportState } from './dicom-viewport.ts';
import type { Frame } from './frame.ts';

interface CornersProps {
  frame: Frame;
  index: number;
  count: number;
  state: ViewportState;
}

/** The corner annotations of the viewport: patient, study and window. */
export function Corners({ frame: { attributes, number, of }, index, count, state }: CornersProps) {
  const valueIn = (tag: string) => textOf(attributes, tag);
  return (
    <div className="stage-corners">
      <p dir="auto">
        <b>{valueIn('00100010')}</b>
        <span>{valueIn('00100020')}</span>
      </p>
      <p>
        <span>{valueIn('00081030')}</span>
        <span>{dayText(valueIn('00080020'))}</span>
      </p>
      <p>
        <span>{text('dicom-viewer.image-at', { number: index + 1, count })}</span>
        {of > 1 && <span>{text('dicom-viewer.frame-at', { number, count: of })}</span>}
      </p>
      <p>
        {state.window && (
          <span data-window>
            {text('dicom-viewer.window-at', {
              center: Math.round(state.window.center),
              width: Math.round(state.window.width),
            })}
          </span>
        )}
      </p>
    </div>
  );
}
